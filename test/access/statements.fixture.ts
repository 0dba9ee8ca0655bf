/** What the database is asked: whoever cannot tell two questions apart by it cannot tell their answers apart by the clock. */
import type { Database } from "../../packages/anchorwatch/src/store/connect.ts";

/** From now on. @returns gives the statements since the last call, in their order, without their values */
export function statementsOf({ pool: { kysely: pool } }: Database): () => readonly string[] {
  let texts: string[] = [];
  const connect = pool.connect.bind(pool);
  const heard = async (): ReturnType<typeof connect> =>
    new Proxy(await connect(), {
      get(client, name) {
        const member: unknown = Reflect.get(client, name, client);
        if (typeof member !== "function") return member;
        return (...given: unknown[]): unknown => {
          const [text] = given;
          if (name === "query" && typeof text === "string") texts.push(text);
          return Reflect.apply(member, client, given);
        };
      },
    });
  Object.assign(pool, { connect: heard });
  return () => {
    const told = texts;
    texts = [];
    return told;
  };
}
