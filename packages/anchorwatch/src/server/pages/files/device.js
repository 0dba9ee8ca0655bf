import { ask, byId, doing, signInFirst, tell, timeText } from "./page.js";
import { proven } from "./proof.js";

const asking = /** @type {HTMLFormElement} */ (byId("ask"));
const code = /** @type {HTMLInputElement} */ (asking.elements.namedItem("code"));
code.value = location.hash.slice(1, 13);

try {
  await ask("GET", "/session");
} catch (error) {
  if (error.code === "sign_in_required") signInFirst();
  else tell(error.message, "alert");
}

doing(asking, "submit", async () => {
  const device = await ask("POST", "/device/look", { userCode: code.value });
  byId("name").textContent = device.name;
  byId("address").textContent = device.address;
  byId("at").textContent = timeText(device.at);
  byId("shown").textContent = code.value.toUpperCase();
  // Whoever has to sign in again for his answer comes back to this address.
  history.replaceState(null, "", `#${code.value.replaceAll(/[^A-Za-z]/g, "")}`);
  byId("lead").textContent = "A program asks to be let in as you.";
  asking.hidden = true;
  byId("answer").hidden = false;
  byId("deny").focus();
});

doing(byId("answer"), "submit", () => answer("allow", "It is let in. You can close this page."));
doing(byId("deny"), "click", () => answer("deny", "It was refused. You can close this page."));

async function answer(answered, text) {
  await proven(() => ask("POST", "/device/answer", { userCode: code.value, answer: answered }));
  byId("answer").hidden = true;
  byId("lead").hidden = true;
  tell(text);
}

// Another code, in the address of a page that is open already.
addEventListener("hashchange", () => location.reload());

code.focus();
