// The recurrences that the package `rrule` is tested by, as JSON: [{name, rule, start, times}].
// Its own test file runs here, with a function that takes the vectors down instead of trying them.
const { readFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const vm = require("node:vm");

const home = dirname(require.resolve("rrule/package.json"));
const { RRule } = require(join(home, "lib", "rrule.js"));
const text = (name) => readFileSync(join(home, "tests", name), "utf8");
const wall = (at) => at.toISOString().slice(0, 19);
const kept = [];
const nothing = () => {};
const test = (name, said, times) => {
  if (!(said instanceof RRule) || !Array.isArray(times)) return;
  const { dtstart, ...options } = said.origOptions;
  const rule = RRule.optionsToString({ freq: RRule.YEARLY, ...options });
  kept.push({ name, rule, start: wall(said.options.dtstart), times: times.map(wall) });
};
Object.assign(globalThis, {
  RRule, module: nothing, test: nothing, equal: nothing, ok: nothing, $: { each: nothing }, _: {},
  strings: [],
});
console.log = nothing;
vm.runInThisContext(text("utils.js"));
globalThis.testRecurring = test;
vm.runInThisContext(text("tests.js"));
process.stdout.write(JSON.stringify(kept));
