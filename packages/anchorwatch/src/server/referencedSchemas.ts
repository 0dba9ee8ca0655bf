import type { SwaggerTransformObject } from "@fastify/swagger";

type Description = ReturnType<SwaggerTransformObject>;

/** Every schema is described as what comes in and as what goes out: only those that a route names are wanted. */
export function withReferencedSchemas(description: Description): Description {
  const { components, ...rest } = description as { readonly components?: { readonly schemas?: object } };
  const schemas: Readonly<Record<string, unknown>> = { ...components?.schemas };
  const wanted = new Set<string>();
  let open = referencesIn(rest);
  while (open.length > 0) {
    for (const name of open) wanted.add(name);
    open = open.flatMap((name) => referencesIn(schemas[name])).filter((name) => !wanted.has(name));
  }
  const kept = Object.entries(schemas).filter(([name]) => wanted.has(name));
  return { ...rest, components: { ...components, schemas: Object.fromEntries(kept) } } as Description;
}

function referencesIn(part: unknown): string[] {
  const text = JSON.stringify(part) ?? "";
  return [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? "");
}
