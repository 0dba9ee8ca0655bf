/** Parameters of the protocols `query` and `ec2`: `IpPermissions.1.IpRanges.1.CidrIp=10.0.0.0/8`. */
import { refOf, type ServiceModel, type Shape, type ShapeRef, shapeOf } from "../../support/serviceModel.ts";
import { simpleValue } from "./simpleValue.ts";

export function readForm(model: ServiceModel, shape: Shape, form: URLSearchParams) {
  const tree = treeOf(form);
  for (const ordinary of ["Action", "Version"]) tree.branches.delete(ordinary);
  return structure(model, shape, tree);
}

interface Tree {
  text?: string;
  readonly branches: Map<string, Tree>;
}

function treeOf(form: URLSearchParams): Tree {
  const root: Tree = { branches: new Map() };
  for (const [name, value] of form) {
    let at = root;
    for (const step of name.split(".")) {
      const next = at.branches.get(step) ?? { branches: new Map() };
      at.branches.set(step, next);
      at = next;
    }
    at.text = value;
  }
  return root;
}

function structure(model: ServiceModel, shape: Shape, tree: Tree): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [name, ref] of Object.entries(shape.members ?? {})) {
    const branch = tree.branches.get(wireName(model, name, ref));
    if (branch !== undefined) value[name] = read(model, ref, branch);
  }
  return value;
}

/** As the parameter is called on the wire. */
export function wireName(model: ServiceModel, name: string, ref: ShapeRef): string {
  if (model.metadata.protocol === "ec2") return ref.queryName ?? capitalized(ref.locationName ?? name);
  const list = shapeOf(model, ref.shape);
  return list.type === "list" && list.flattened === true
    ? (list.member?.locationName ?? ref.locationName ?? name)
    : (ref.locationName ?? name);
}

function read(model: ServiceModel, ref: ShapeRef, tree: Tree): unknown {
  const shape = shapeOf(model, ref.shape);
  if (shape.type === "structure") return structure(model, shape, tree);
  if (shape.type === "list") {
    const isFlat = model.metadata.protocol === "ec2" || shape.flattened === true;
    return items(isFlat ? tree : tree.branches.get(shape.member?.locationName ?? "member")).map((item) =>
      read(model, refOf(shape.member), item),
    );
  }
  if (shape.type === "map") {
    const entries = items(shape.flattened === true ? tree : tree.branches.get("entry"));
    return Object.fromEntries(
      entries.map(({ branches }) => [
        branches.get(shape.key?.locationName ?? "key")?.text ?? "",
        read(
          model,
          refOf(shape.value),
          branches.get(shape.value?.locationName ?? "value") ?? { branches: new Map() },
        ),
      ]),
    );
  }
  return simpleValue(shape, tree.text ?? "");
}

/** By their numbers, from 1. */
function items(tree: Tree | undefined): readonly Tree[] {
  return [...(tree?.branches ?? [])]
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, item]) => item);
}

function capitalized(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
