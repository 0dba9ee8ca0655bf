import { AnchorwatchError } from "../domain/errors.ts";

/**
 * What goes into a header: whatever breaks one, Node's own message would repeat as a whole.
 * @param where it comes from, for the message: `ANCHORWATCH_TOKEN`
 * @throws AnchorwatchError `token_malformed`
 */
export function assertToken(token: string, where: string): void {
  if (/^[A-Za-z0-9._~+/=-]{1,4096}$/.test(token)) return;
  throw new AnchorwatchError(
    "token_malformed",
    `${where} holds no token: it has spaces, line breaks or other characters`,
    {
      hint: "A token of Anchorwatch is awt_ and letters, digits, - and _, on one line.",
    },
  );
}
