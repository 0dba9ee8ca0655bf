import { CreateTopicCommand, ListTopicsCommand } from "@aws-sdk/client-sns";
import { expect, it } from "vitest";
import { cloudAt } from "./cloud.ts";
import { findExecutable } from "./executable.ts";
import { startMoto } from "./moto.ts";

const program = findExecutable("moto_server", process.env);

it.skipIf(program === undefined)("starts a cloud, forgets what was in it and stops", async () => {
  const moto = await startMoto(program ?? "", process.env);
  try {
    const { sns } = cloudAt(moto.endpoint, "eu-central-1");
    await sns.send(new CreateTopicCommand({ Name: "audit" }));
    expect((await sns.send(new ListTopicsCommand())).Topics).toHaveLength(1);
    await moto.reset();
    expect((await sns.send(new ListTopicsCommand())).Topics ?? []).toEqual([]);
  } finally {
    await moto.stop();
  }
  await expect(fetch(moto.endpoint)).rejects.toThrow();
});

it("says what a program printed that is no moto", async () => {
  const node = process.execPath;
  await expect(startMoto(node, process.env)).rejects.toThrow(/ended with status 9[\s\S]*bad option/);
});
