/**
 * The published models of AWS's APIs, as botocore has them where it is installed, and whether messages fit them. Nothing of the
 * models is copied into this repository: stand-ins of these APIs are compared with them where they are there.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Environment, findExecutable } from "./executable.ts";

export interface ShapeRef {
  readonly shape: string;
  readonly location?: "header" | "headers" | "querystring" | "statusCode" | "uri";
  readonly locationName?: string;
  /** Of the protocol of EC2. */
  readonly queryName?: string;
  readonly flattened?: boolean;
  readonly streaming?: boolean;
  readonly timestampFormat?: string;
}

export interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, ShapeRef>>;
  readonly required?: readonly string[];
  readonly member?: ShapeRef;
  readonly key?: ShapeRef;
  readonly value?: ShapeRef;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly timestampFormat?: string;
  readonly payload?: string;
  readonly flattened?: boolean;
  readonly streaming?: boolean;
  /** Holds a secret. */
  readonly sensitive?: boolean;
  readonly error?: { readonly code?: string; readonly httpStatusCode?: number };
}

export interface Operation {
  readonly name: string;
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode?: number };
  readonly input?: { readonly shape: string };
  readonly output?: { readonly shape: string };
  readonly errors?: readonly { readonly shape: string }[];
  readonly deprecated?: boolean;
  /** Where it is there, requests may have checksums of any algorithm in their headers. */
  readonly httpChecksum?: object;
}

export interface ServiceModel {
  readonly metadata: {
    readonly protocol: "ec2" | "json" | "query" | "rest-json" | "rest-xml";
    readonly endpointPrefix: string;
    readonly apiVersion: string;
  };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** Stands where the model is not on this machine, and its tests are skipped. */
export const NO_MODEL: ServiceModel = {
  metadata: { protocol: "json", endpointPrefix: "none", apiVersion: "none" },
  operations: {},
  shapes: {},
};

const PATIENCE_MS = 20_000;

/**
 * The model of that name, such as `kms/2014-11-01`. Undefined where no Python of this machine has botocore: the one that moto runs
 * in is asked first.
 */
export function findServiceModel(name: string, env: Environment): ServiceModel | undefined {
  const folder = botocoreFolder(env);
  if (folder === undefined) return undefined;
  const plain = join(folder, "data", name, "service-2.json");
  if (existsSync(plain)) return JSON.parse(readFileSync(plain, "utf8")) as ServiceModel;
  if (!existsSync(`${plain}.gz`)) return undefined;
  return JSON.parse(gunzipSync(readFileSync(`${plain}.gz`)).toString("utf8")) as ServiceModel;
}

function botocoreFolder(env: Environment): string | undefined {
  const moto = findExecutable("moto_server", env);
  const beside = moto === undefined ? undefined : findExecutable("python3", { PATH: dirname(moto) });
  const pythons = [
    moto === undefined ? undefined : interpreterOf(moto),
    beside,
    findExecutable("python3", env),
  ];
  for (const python of new Set(pythons)) {
    if (python === undefined) continue;
    try {
      const found = execFileSync(python, ["-c", "import botocore; print(botocore.__file__)"], {
        encoding: "utf8",
        timeout: PATIENCE_MS,
        stdio: ["ignore", "pipe", "ignore"],
      });
      return dirname(found.trim());
    } catch {
      // This one does not have it.
    }
  }
  return undefined;
}

/** Of a Python script, what its first line names. */
function interpreterOf(script: string): string | undefined {
  const [, program] = /^#!(\/\S*python\S*)\n/.exec(readFileSync(script).toString("latin1", 0, 300)) ?? [];
  return program;
}

/** What is wrong with a value as JSON has it; `place` begins each complaint. */
export function jsonFaults(
  model: ServiceModel,
  name: string,
  value: unknown,
  place = name,
): readonly string[] {
  const shape = shapeOf(model, name);
  switch (shape.type) {
    case "structure":
      return isObject(value) ? structureFaults(model, shape, value, place) : [`${place}: no object`];
    case "list":
      return Array.isArray(value)
        ? value.flatMap((item, at) => jsonFaults(model, refOf(shape.member).shape, item, `${place}[${at}]`))
        : [`${place}: no list`];
    case "map":
      return isObject(value)
        ? Object.entries(value).flatMap(([key, item]) =>
            jsonFaults(model, refOf(shape.value).shape, item, `${place}.${key}`),
          )
        : [`${place}: no map`];
    case "blob":
      return typeof value === "string" ? blobFaults(shape, value, place) : [`${place}: no base64`];
    case "boolean":
      return typeof value === "boolean" ? [] : [`${place}: neither true nor false`];
    case "string":
      return typeof value === "string" ? textFaults(model, name, value, place) : [`${place}: no string`];
    default:
      return typeof value === "number" ? [] : [`${place}: no number`];
  }
}

/** What is wrong with a text that stands for a simple value: in XML, in headers and in queries. */
export function textFaults(
  model: ServiceModel,
  name: string,
  text: string,
  place: string,
  format = "iso8601",
): readonly string[] {
  const shape = shapeOf(model, name);
  const complain = (isRight: boolean, what: string) =>
    isRight ? [] : [`${place}: ${JSON.stringify(text)} ${what}`];
  switch (shape.type) {
    case "boolean":
      return complain(/^(true|false)$/.test(text), "is neither true nor false");
    case "integer":
    case "long":
      return complain(/^-?\d+$/.test(text), "is no whole number");
    case "timestamp":
      return complain(
        isTime(text, shape.timestampFormat ?? format),
        `is no time (${shape.timestampFormat ?? format})`,
      );
    case "string":
      return [
        ...complain(shape.enum?.includes(text) ?? true, `is none of ${shape.enum?.join(", ")}`),
        ...complain(within(shape, text.length), "is too short or too long"),
        ...complain(
          shape.pattern === undefined || new RegExp(`^(?:${shape.pattern})$`, "su").test(text),
          "has another form",
        ),
      ];
    default:
      return [];
  }
}

export function shapeOf({ shapes }: ServiceModel, name: string): Shape {
  return shapes[name] ?? { type: `no shape ${name}` };
}

export function refOf(ref: ShapeRef | undefined): ShapeRef {
  return ref ?? { shape: "none" };
}

function structureFaults(
  model: ServiceModel,
  { members = {}, required = [] }: Shape,
  value: Readonly<Record<string, unknown>>,
  place: string,
): readonly string[] {
  const missing = required
    .filter((name) => value[name] === undefined)
    .map((name) => `${place}.${name}: missing`);
  const wrong = Object.entries(value).flatMap(([name, item]) => {
    const member = members[name];
    return member === undefined
      ? [`${place}.${name}: unknown`]
      : jsonFaults(model, member.shape, item, `${place}.${name}`);
  });
  return [...missing, ...wrong];
}

function blobFaults(shape: Shape, value: string, place: string): readonly string[] {
  const bytes = Buffer.from(value, "base64");
  if (bytes.toString("base64") !== value) return [`${place}: no canonical base64`];
  return within(shape, bytes.length) ? [] : [`${place}: ${bytes.length} bytes are too few or too many`];
}

function within({ min = 0, max = Number.POSITIVE_INFINITY }: Shape, length: number): boolean {
  return length >= min && length <= max;
}

function isTime(text: string, format: string): boolean {
  if (format === "rfc822") return !Number.isNaN(Date.parse(text)) && text === new Date(text).toUTCString();
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
