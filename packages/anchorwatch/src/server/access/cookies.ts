/** The cookies, in one place. A name with `__Host-` is bound to this host by the browser itself (RFC 6265bis, section 4.1.3.2). */

export interface NamedCookie {
  readonly name: string;
  readonly options: {
    readonly path: string;
    readonly httpOnly: boolean;
    readonly secure: boolean;
    readonly sameSite: "lax";
  };
}

/** @param isSecure browsers talk TLS with us */
export function sessionCookie(isSecure: boolean): NamedCookie {
  return named("anchorwatch", isSecure);
}

/** Of a browser that somebody signed in with before. */
export function deviceCookie(isSecure: boolean): NamedCookie {
  return named("anchorwatch-device", isSecure);
}

/** Of a browser that was sent to an identity provider, until it is back. */
export function ceremonyCookie(isSecure: boolean): NamedCookie {
  return named("anchorwatch-ceremony", isSecure);
}

function named(name: string, isSecure: boolean): NamedCookie {
  return {
    name: isSecure ? `__Host-${name}` : name,
    // Lax: an answer of an identity provider, and a link in a message, come from elsewhere and are only read.
    options: { path: "/", httpOnly: true, secure: isSecure, sameSite: "lax" },
  };
}
