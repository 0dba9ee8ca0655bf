/** Of a playbook's run. */
export type RunId = string & { readonly __brand: "RunId" };
