/** Accounts of chats: who presses a button there is oneself here. */
import { ask, byId, doing, line, tell, timeText } from "./page.js";

const SERVICES = { slack: "Slack" };

/** @param proven proves that it is still the same person, when the server asks for that */
export async function showChat(proven) {
  const { chatAccounts } = await ask("GET", "/chat-accounts");
  byId("chat").replaceChildren(
    ...chatAccounts.map((account) =>
      line(
        nameOf(account),
        `linked ${timeText(account.linkedAt)}`,
        "Unlink",
        `Unlink ${nameOf(account)}`,
        async () => {
          await ask("DELETE", `/chat-accounts/${encodeURIComponent(account.id)}`);
          await showChat(proven);
          tell("The account is unlinked: its buttons do nothing any more.");
        },
      ),
    ),
  );
  byId("no-chat").hidden = chatAccounts.length > 0;
  await showAsking(proven);
}

/** Somebody has come with a code that a chat gave him. */
async function showAsking(proven) {
  const code = /^#chat=([\w-]{1,20})$/.exec(location.hash)?.[1];
  byId("asking").hidden = code === undefined;
  if (code === undefined) return;
  // A code works once, and nobody finds it in the history.
  history.replaceState(null, "", "/account");
  byId("asking").hidden = true;
  const account = await ask("POST", "/chat-accounts/look", { code });
  byId("asking-name").textContent = nameOf(account);
  byId("asking").hidden = false;
  byId("asking").focus();
  doing(byId("leave-asking"), "click", async () => {
    byId("asking").hidden = true;
  });
  doing(byId("link"), "click", async () => {
    await proven(() => ask("POST", "/chat-accounts", { code }));
    byId("asking").hidden = true;
    await showChat(proven);
    tell("The account is linked. Press the button in the chat again.");
  });
}

function nameOf({ service, team, account, name }) {
  return `${SERVICES[service] ?? service}: ${name} (${account} of ${team})`;
}
