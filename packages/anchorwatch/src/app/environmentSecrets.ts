/** Secrets of the environment: providers get it whole, and what they print may quote it. */
type Environment = Readonly<Record<string, string | undefined>>;

const SECRET =
  /SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|PRIVATE_?KEY|API_?KEY|ACCESS_KEY$|_(PASS|PWD|PAT)$/i;
/** Where a secret lies or how long it lives is none, and messages need it. */
const ABOUT = /_(FILE|PATH|DIR|URL|URI|TTL|EXPIRATION|EXPIRES)$|^GOOGLE_APPLICATION_CREDENTIALS$/i;
/** Up to the last @: whoever did not escape one in the password still means it. */
const URL_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s@:]*:([^/?#\s]+)@/i;

/** Values of variables whose names say so, and passwords inside of addresses (`https://user:password@proxy`). */
export function environmentSecrets(environment: Environment): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    if (value === undefined || value === "") return [];
    if (isNamedLikeSecret(name)) return [value];
    const password = URL_PASSWORD.exec(value)?.[1];
    return password === undefined ? [] : [password, decoded(password)];
  });
}

/** Whether a variable, or an argument of a provider, holds a secret as far as its name tells. */
export function isNamedLikeSecret(name: string): boolean {
  return SECRET.test(name) && !ABOUT.test(name);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that begins no escape stands for itself.
    return text;
  }
}
