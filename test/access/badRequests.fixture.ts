/** Requests as no client of ours would make them, byte for byte over a connection. */
import { request } from "node:http";
import { gzipSync } from "node:zlib";

export interface BadBody {
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: 400 | 413 | 415;
  /** That the answer says of it: whoever refuses it for another reason did not see it. */
  readonly words: string;
}

const NOT_JSON = "the body is not valid JSON";
const TOO_DEEP = "levels deep";
const NO_TEXT = "half a character";
const TOO_LARGE = "a number that is larger";
const DEEP = 100_000;

const invalid = (what: string, text: string | Uint8Array, words: string): BadBody => ({
  ...{ what, words, status: 400 },
  bytes: Buffer.from(text),
});

/** None of them is read by any route that takes JSON. */
export const BAD_BODIES: readonly BadBody[] = [
  invalid("cut off", '{"name":', NOT_JSON),
  invalid("of nothing", "", "the body is empty"),
  invalid("that is a page", "<html>", NOT_JSON),
  invalid("with a number that JSON has not", '{"name":NaN}', NOT_JSON),
  invalid("of arrays without end", "[".repeat(DEEP) + "]".repeat(DEEP), TOO_DEEP),
  invalid("of objects without end", `${'{"a":'.repeat(DEEP / 3)}1${"}".repeat(DEEP / 3)}`, TOO_DEEP),
  {
    ...invalid(
      "that is deep inside, with a key",
      `{"name":${"[".repeat(DEEP)}${"]".repeat(DEEP)}}`,
      TOO_DEEP,
    ),
    headers: { "idempotency-key": "deep" },
  },
  invalid(
    "with bytes that are no UTF-8",
    Buffer.from('{"name":"\xff\xc0\x80"}', "latin1"),
    "not valid UTF-8",
  ),
  invalid(
    "with half a character in bytes",
    Buffer.from('{"name":"\xed\xa0\x80"}', "latin1"),
    "not valid UTF-8",
  ),
  invalid("in UTF-16", Buffer.from('\ufeff{"name":"a"}', "utf16le"), "not valid UTF-8"),
  invalid("with half a character", '{"name":"\\ud800"}', NO_TEXT),
  invalid("with a name that is half a character", '{"\\udc00":1}', NO_TEXT),
  invalid("with NUL", '{"name":"a\\u0000b"}', NO_TEXT),
  invalid("with a prototype", '{"__proto__":{"isAdministrator":true}}', NOT_JSON),
  invalid("with a prototype, escaped", '{"\\u005f_proto__":{"isAdministrator":true}}', NOT_JSON),
  invalid("with a prototype's prototype", '{"constructor":{"prototype":{"isAdministrator":true}}}', NOT_JSON),
  invalid("with a member twice", '{"name":"a","name":"b"}', "twice"),
  invalid("with a member twice, once escaped", '{"x":[{"name":1,"n\\u0061me" : 2}]}', "twice"),
  invalid("with a number beyond all numbers", '{"name":1e400}', TOO_LARGE),
  invalid("with a number that would be another one", '{"name":-9007199254740993}', TOO_LARGE),
  {
    ...{ what: "in latin1, as it says", status: 415, words: "another encoding than UTF-8" },
    headers: { "content-type": "application/json; charset=ISO-8859-1" },
    bytes: Buffer.from('{"name":"\xe9"}', "latin1"),
  },
  {
    ...{ what: "that is compressed", status: 415, words: "compressed" },
    headers: { "content-encoding": "gzip" },
    bytes: gzipSync('{"name":"a"}'),
  },
  {
    ...{ what: "of a form", status: 415, words: "media type" },
    headers: { "content-type": "application/x-www-form-urlencoded" },
    bytes: Buffer.from("name=a"),
  },
  {
    ...{ what: "of plain text, which pages of others can send", status: 415, words: "media type" },
    headers: { "content-type": "text/plain" },
    bytes: Buffer.from('{"name":"a"}'),
  },
  {
    ...{ what: "that is huge", status: 413, words: "larger than the server reads" },
    bytes: Buffer.from(`{"name":"${"x".repeat(300 * 1024)}"}`),
  },
];

export interface Sent {
  readonly method: string;
  /** As it stands in the request's first line. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** It does not say in advance how long it is. */
  readonly chunked?: boolean;
}

export interface Heard {
  readonly status: number;
  readonly requestId: string;
  readonly text: string;
}

export function send(
  port: number,
  { method, path, headers = {}, body, chunked = false }: Sent,
): Promise<Heard> {
  const length = chunked
    ? { "transfer-encoding": "chunked" }
    : { "content-length": String(body?.length ?? 0) };
  const json = body === undefined ? {} : { "content-type": "application/json", ...length };
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port, method, path, headers: { host: `localhost:${port}`, ...json, ...headers } },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        const { statusCode: status = 0, headers: told } = answer;
        answer.on("close", () => resolve({ status, requestId: String(told["x-request-id"]), text }));
      },
    );
    // Whoever is refused before he has sent all may find nobody who listens to the rest: his answer is there.
    asked.on("error", (error) => setImmediate(reject, error)).end(body);
  });
}
