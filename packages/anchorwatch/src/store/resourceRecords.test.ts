import { expect, it } from "vitest";
import { describeOnEveryServer } from "./postgres.fixture.ts";
import { aStack } from "./records.fixture.ts";

describeOnEveryServer("the resources of the state that was read last", (on) => {
  it("come back as they were kept, whatever their texts, and are replaced as a whole", async () => {
    const { stacks, resources } = on().records;
    const stack = aStack();
    await stacks.add(stack);
    expect(await resources.list(stack.id)).toEqual([]);
    const queue = { address: "aws_sqs_queue.a", type: "aws_sqs_queue", provider: "p", id: "a\u0000\ud800" };
    const many = Array.from({ length: 5000 }, (_, at) => ({ ...queue, address: `aws_sqs_queue.a[${at}]` }));
    await resources.replace(stack.id, many);
    expect(await resources.list(stack.id)).toEqual(many);
    await resources.replace(stack.id, [queue]);
    expect(await resources.list(stack.id)).toEqual([queue]);
  });

  it("are those of stacks that are known", async () => {
    const { resources } = on().records;
    await expect(resources.replace(aStack().id, [])).rejects.toMatchObject({ code: "stack_unknown" });
  });
});
