/** Plain scalars as Terraform's YAML reads them: the words of YAML 1.1, the numbers of 1.2. */
import { EvaluationFailure } from "../failure.ts";
import { fromInteger, parseDecimal } from "../values/bigFloat.ts";
import { bool, NULL, number, type Typed, text } from "../values/typed.ts";

const TRUE = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const NULLS = /^(?:~|null|Null|NULL|)$/;
const INTEGER = /^[+-]?[0-9]{1,1000}$/;
const OTHER_BASE = /^0(?:x[0-9a-fA-F]{1,1000}|o[0-7]{1,1000})$/;
const FLOAT = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const NOT_FINITE = /^(?:[+-]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const TIMESTAMP =
  /^(\d{4}-\d\d?-\d\d?)(?:[Tt]|[ \t]+)(\d\d?:\d\d:\d\d)(?:\.\d*)?[ \t]*(?:([Zz])|([+-]\d\d)(?::?(\d\d))?)?$/;

export function plainScalar(source: string): Typed {
  if (NULLS.test(source)) return NULL;
  if (TRUE.test(source)) return bool(true);
  if (FALSE.test(source)) return bool(false);
  if (OTHER_BASE.test(source)) return number(fromInteger(BigInt(source)));
  if (NOT_FINITE.test(source)) throw new EvaluationFailure("the YAML holds a number that is not finite");
  if (INTEGER.test(source) || FLOAT.test(source)) {
    const value = parseDecimal(source);
    if (value !== undefined) return number(value);
  }
  return text(timestamp(source) ?? source);
}

/** Terraform writes a timestamp back in its one form. */
function timestamp(source: string): string | undefined {
  if (DATE.test(source)) return `${source}T00:00:00Z`;
  const match = TIMESTAMP.exec(source);
  if (match === null) return undefined;
  const [, date = "", time = "", , hours, minutes = "00"] = match;
  return `${date}T${time}${hours === undefined ? "Z" : `${hours}:${minutes}`}`;
}

export function taggedScalar(tag: string, source: string): Typed {
  switch (tag) {
    case "tag:yaml.org,2002:str":
    case "tag:yaml.org,2002:binary":
    case "!":
      return text(source);
    case "tag:yaml.org,2002:null":
      return NULL;
    case "tag:yaml.org,2002:bool":
    case "tag:yaml.org,2002:int":
    case "tag:yaml.org,2002:float":
    case "tag:yaml.org,2002:timestamp":
      return plainScalar(source);
    default:
      throw new EvaluationFailure(`the YAML has the tag ${tag}, which Terraform does not know`);
  }
}
