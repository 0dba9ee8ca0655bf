/** Every function of Terraform's language (and what OpenTofu adds) by name. */
import { COLLECTION_FUNCTIONS } from "./collection.ts";
import { CONVERSION_FUNCTIONS } from "./conversion.ts";
import { CSV_FUNCTIONS } from "./csv.ts";
import { DATETIME_FUNCTIONS } from "./datetime.ts";
import type { FunctionDefinition } from "./define.ts";
import { ENCODING_FUNCTIONS } from "./encoding.ts";
import { FILE_FUNCTIONS } from "./files.ts";
import { FORMAT_FUNCTIONS } from "./format.ts";
import { JSON_FUNCTIONS } from "./json.ts";
import { NETWORK_FUNCTIONS } from "./network.ts";
import { NUMERIC_FUNCTIONS } from "./numeric.ts";
import { REGEX_FUNCTIONS } from "./regex.ts";
import { SET_FUNCTIONS } from "./sets.ts";
import { STRING_FUNCTIONS } from "./string.ts";
import { YAML_FUNCTIONS } from "./yaml.ts";

export const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = new Map(
  [
    COLLECTION_FUNCTIONS,
    CONVERSION_FUNCTIONS,
    CSV_FUNCTIONS,
    DATETIME_FUNCTIONS,
    ENCODING_FUNCTIONS,
    FILE_FUNCTIONS,
    FORMAT_FUNCTIONS,
    JSON_FUNCTIONS,
    NETWORK_FUNCTIONS,
    NUMERIC_FUNCTIONS,
    REGEX_FUNCTIONS,
    SET_FUNCTIONS,
    STRING_FUNCTIONS,
    YAML_FUNCTIONS,
  ].flatMap((family) => Object.entries(family)),
);

/** Functions whose result cannot be worked out here, and why. */
export const UNKNOWABLE: ReadonlyMap<string, string> = new Map([
  ["timestamp", "`timestamp` gives another value in every run"],
  ["plantimestamp", "`plantimestamp` gives another value in every run"],
  ["uuid", "`uuid` gives another value in every run"],
  ["bcrypt", "`bcrypt` gives another value in every run"],
  ["rsadecrypt", "`rsadecrypt` would handle a private key, which Anchorwatch does not do"],
  ["base64gzip", "`base64gzip` depends on the compressor inside Terraform, byte for byte"],
]);
