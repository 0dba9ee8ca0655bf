import { parseHcl } from "tfprovider/hcl";
import { expect, test } from "vitest";
import { instanceParts } from "./instanceParts.ts";

const CODE = `
resource "x" "y" {
  fixed  = var.size
  name   = "web-\${count.index}"
  nested = { a = [for k in [1] : each.key] }
  rule {
    port = 80
  }
  rule {
    port = 80 + count.index
  }
  dynamic "disk" {
    for_each = var.disks
    content {
      size = disk.value
    }
  }
  dynamic "zone" {
    for_each = each.value
    content {}
  }
}
`;

test("what speaks of count or each is the instance's own, blocks of one type together", async () => {
  const { body } = await parseHcl(CODE, "main.tf");
  const [resource] = body.blocks;
  if (resource === undefined) throw new TypeError("one block");
  const { shared, own } = instanceParts(resource.body);
  expect(shared.attributes.map(({ name }) => name)).toEqual(["fixed"]);
  expect(own.attributes.map(({ name }) => name)).toEqual(["name", "nested"]);
  expect(shared.blocks.map(({ labels }) => labels[0])).toEqual(["disk"]);
  expect(own.blocks.map(({ type, labels }) => labels[0] ?? type)).toEqual(["rule", "rule", "zone"]);
});
