/** As much of a browser as signing in takes: cookies of each origin, redirects one by one, forms. */
export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  cookie(origin: string, name: string): string | undefined {
    return this.#cookies.get(new URL(origin).origin)?.get(name);
  }

  cookieNames(origin: string): readonly string[] {
    return [...(this.#cookies.get(new URL(origin).origin)?.keys() ?? [])];
  }

  setCookie(origin: string, name: string, value: string): void {
    this.#jar(new URL(origin)).set(name, value);
  }

  /** One request; no redirect is followed. */
  async go(address: string | URL, form?: Readonly<Record<string, string>>): Promise<Answer> {
    const url = new URL(address);
    const jar = this.#jar(url);
    const cookies = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { accept: "text/html", ...(cookies === "" ? {} : { cookie: cookies }) };
    const body = form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) };
    const answer = await fetch(url, { ...body, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) this.#keep(jar, line);
    return { url, status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  /** Follows redirects until a page, or until one leads to what must not be opened yet. */
  async follow(from: Answer, stopBefore: (url: URL) => boolean = () => false): Promise<Answer | URL> {
    let answer = from;
    for (let steps = 0; steps < 12; steps++) {
      const location = answer.headers.get("location");
      if (location === null) return answer;
      const next = new URL(location, answer.url);
      if (stopBefore(next)) return next;
      answer = await this.go(next);
    }
    throw new TypeError("redirected for ever");
  }

  #jar({ origin }: URL): Map<string, string> {
    const known = this.#cookies.get(origin);
    if (known !== undefined) return known;
    const made = new Map<string, string>();
    this.#cookies.set(origin, made);
    return made;
  }

  #keep(jar: Map<string, string>, line: string): void {
    const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf("="));
    const expires = attributes.find((attribute) => /^expires=/i.test(attribute))?.slice(8);
    if (expires !== undefined && Date.parse(expires) <= Date.now()) jar.delete(name);
    else jar.set(name, pair.slice(pair.indexOf("=") + 1));
  }
}
