/**
 * Protocol buffer messages declared as tables of fields, encoded and decoded with the wire reader and writer of
 * `@bufbuild/protobuf`. Only what the plugin protocol needs: proto3, unknown fields skipped.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Methods, not properties: a field of strings is then also a field of anything, which is what the tables need. */
export interface Field<T> {
  readonly number: number;
  readonly wireType: WireType;
  /** The value of a field that is not on the wire. */
  absent(): T;
  isAbsent(value: T): boolean;
  write(writer: BinaryWriter, value: T): void;
  read(reader: BinaryReader, previous: T): T;
}

type Fields = { readonly [name: string]: Field<unknown> };

export interface Message<T> {
  readonly encode: (value: Partial<T>) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => T;
  readonly write: (writer: BinaryWriter, value: Partial<T>) => void;
  readonly readAll: (reader: BinaryReader, end: number) => T;
}

/** The TypeScript shape of a declared message; every field is present after decoding. */
export type MessageOf<M> = M extends Message<infer T> ? T : never;

type ShapeOf<F> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

const EMPTY: Uint8Array = new Uint8Array(0);

function scalar<T>(
  number: number,
  wireType: WireType,
  empty: T,
  write: (writer: BinaryWriter, value: T) => void,
  read: (reader: BinaryReader) => T,
): Field<T> {
  return {
    number,
    wireType,
    absent: () => empty,
    isAbsent: (value) => value === empty,
    write,
    read,
  };
}

export const string = (number: number): Field<string> =>
  scalar(
    number,
    WireType.LengthDelimited,
    "",
    (writer, value) => writer.string(value),
    (reader) => reader.string(),
  );

export const bool = (number: number): Field<boolean> =>
  scalar(
    number,
    WireType.Varint,
    false,
    (writer, value) => writer.bool(value),
    (reader) => reader.bool(),
  );

/** int64 and enumerations that are known to stay small: versions, counts, nesting modes. */
export const integer = (number: number): Field<number> =>
  scalar(
    number,
    WireType.Varint,
    0,
    (writer, value) => writer.int64(value),
    (reader) => Number(reader.int64()),
  );

/** Decoded bytes are a view into the message they came from: nothing is copied. */
export const bytes = (number: number): Field<Uint8Array> => ({
  ...scalar(
    number,
    WireType.LengthDelimited,
    EMPTY,
    (writer, value) => writer.bytes(value),
    (reader) => reader.bytes(),
  ),
  isAbsent: (value) => value.length === 0,
});

export const message = <T>(number: number, type: Message<T>): Field<Partial<T> | undefined> => ({
  number,
  wireType: WireType.LengthDelimited,
  absent: () => undefined,
  isAbsent: (value) => value === undefined,
  write: (writer, value) => {
    writer.fork();
    type.write(writer, value ?? {});
    writer.join();
  },
  read: (reader) => {
    const length = reader.uint32();
    return type.readAll(reader, reader.pos + length) as Partial<T>;
  },
});

const repeated = <T>(field: Field<T>): Field<readonly T[]> => ({
  number: field.number,
  wireType: field.wireType,
  absent: () => [],
  isAbsent: (values) => values.length === 0,
  write: (writer, values) => {
    values.forEach((value, index) => {
      if (index > 0) writer.tag(field.number, field.wireType);
      field.write(writer, value);
    });
  },
  read: (reader, previous) => {
    (previous as T[]).push(field.read(reader, field.absent()));
    return previous;
  },
});

/** A list of messages, each present. */
export const messages = <T>(number: number, type: Message<T>): Field<readonly T[]> =>
  repeated(message(number, type) as Field<T>);

/** Declares a message. */
export function define<F extends Fields>(fields: F): Message<ShapeOf<F>> {
  type T = ShapeOf<F>;
  const list = Object.entries(fields) as [string, Field<unknown>][];
  const byNumber = new Map(list.map(([name, field]) => [field.number, { name, field }]));

  function write(writer: BinaryWriter, value: Partial<T>): void {
    for (const [name, field] of list) {
      const member = (value as Record<string, unknown>)[name];
      if (member === undefined || field.isAbsent(member)) continue;
      writer.tag(field.number, field.wireType);
      field.write(writer, member);
    }
  }

  function readAll(reader: BinaryReader, end: number): T {
    const result: Record<string, unknown> = {};
    for (const [name, field] of list) result[name] = field.absent();
    while (reader.pos < end) {
      const [number, wireType] = reader.tag();
      const known = byNumber.get(number);
      if (known === undefined || known.field.wireType !== wireType) reader.skip(wireType, number);
      else result[known.name] = known.field.read(reader, result[known.name]);
    }
    return result as T;
  }

  return {
    write,
    readAll,
    encode: (value) => {
      const writer = new BinaryWriter();
      write(writer, value);
      return writer.finish();
    },
    decode: (input) => {
      const reader = new BinaryReader(input);
      return readAll(reader, reader.len);
    },
  };
}
