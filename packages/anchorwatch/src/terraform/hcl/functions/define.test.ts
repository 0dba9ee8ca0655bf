import { expect, test } from "vitest";
import { Budget } from "../budget.ts";
import { EvaluationFailure } from "../failure.ts";
import { STRING } from "../values/type.ts";
import { text } from "../values/typed.ts";
import { callFunction, type FunctionContext, type FunctionDefinition } from "./define.ts";

const context: FunctionContext = {
  budget: new Budget(),
  files: {
    read: () => Buffer.of(),
    exists: () => false,
    list: () => [],
    absolute: (path) => path,
    home: "/",
  },
  renderTemplate: () => text(""),
};

const calling = (run: FunctionDefinition["run"]) => () =>
  callFunction({ params: [], returns: STRING, run }, [], context);

test("what the runtime cannot hold, in a text or on its stack, is a limit and not the program's end", () => {
  const deep = (depth: number): number => 1 + deep(depth + 1);
  for (const run of [() => text("x".repeat(2 ** 30)), () => text(String(deep(0)))]) {
    expect(calling(run)).toThrow(EvaluationFailure);
    expect(calling(run)).toThrow(expect.objectContaining({ limit: true }));
  }
});

test("a defect of the program is not taken for a failure of the code", () => {
  const defect = () => {
    throw new TypeError("a defect");
  };
  expect(calling(defect)).toThrow(TypeError);
});
