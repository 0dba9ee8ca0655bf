import { posix } from "node:path";
import { EvaluationFailure } from "../failure.ts";
import { set } from "../values/sets.ts";
import { BOOL, DYNAMIC, STRING, setOf } from "../values/type.ts";
import { bool, text } from "../values/typed.ts";
import { at, entriesOf, textAt } from "./arguments.ts";
import type { FunctionDefinition, Parameter } from "./define.ts";
import { utf8 } from "./encoding.ts";
import { matchesGlob } from "./glob.ts";

const S: Parameter = { type: STRING };

const pathText = (run: (path: string) => string): FunctionDefinition => ({
  params: [S],
  returns: STRING,
  run: (args) => text(run(textAt(args, 0))),
});

export const FILE_FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = {
  basename: pathText((path) => posix.basename(path) || (path.startsWith("/") ? "/" : ".")),
  dirname: pathText((path) =>
    posix.normalize(posix.dirname(path.endsWith("/") && path !== "/" ? `${path}.` : path)),
  ),
  abspath: {
    params: [S],
    returns: STRING,
    run: (args, { files }) => text(files.absolute(textAt(args, 0))),
  },
  pathexpand: {
    params: [S],
    returns: STRING,
    run: (args, { files }) => {
      const path = textAt(args, 0);
      if (path !== "~" && !path.startsWith("~/")) return text(path);
      if (files.home === undefined) throw new EvaluationFailure("there is no home folder to expand `~` to");
      return text(posix.join(files.home, path.slice(1)));
    },
  },
  file: {
    params: [S],
    returns: STRING,
    run: (args, { files }) => text(utf8(files.read(textAt(args, 0)))),
  },
  filebase64: {
    params: [S],
    returns: STRING,
    run: (args, { files }) => text(files.read(textAt(args, 0)).toString("base64")),
  },
  fileexists: {
    params: [S],
    returns: BOOL,
    run: (args, { files }) => bool(files.exists(textAt(args, 0))),
  },
  fileset: {
    params: [S, S],
    returns: setOf(STRING),
    run: (args, { files, budget }) => {
      const matches = matchesGlob(textAt(args, 1));
      const found = files.list(textAt(args, 0));
      budget.spend(found.length);
      return set(found.filter(matches).map(text), STRING);
    },
  },
  templatefile: {
    params: [S, { type: DYNAMIC }],
    returns: DYNAMIC,
    structural: true,
    run: (args, { files, renderTemplate }) => {
      const path = textAt(args, 0);
      return renderTemplate(utf8(files.read(path)), path, entriesOf(at(args, 1)));
    },
  },
  templatestring: {
    params: [S, { type: DYNAMIC }],
    returns: DYNAMIC,
    structural: true,
    run: (args, { renderTemplate }) =>
      renderTemplate(textAt(args, 0), "the template", entriesOf(at(args, 1))),
  },
};
