/** Where a person goes after signing in: a path of ours, whatever somebody wrote into the link that he followed. */
export function returnPath(wanted: string | undefined): string {
  if (wanted === undefined || wanted.length > 1000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(wanted)) return "/";
  // What browsers make of it must be what was checked: a backslash is a slash to them, and dots are walked.
  const url = URL.parse(wanted, OURS);
  if (url === null || url.origin !== OURS || url.pathname.startsWith("//")) return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}

/** Any origin will do. */
const OURS = "https://ours.invalid";
