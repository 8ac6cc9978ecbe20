// When rules fall due by the package `rrule-temporal`: [{rule, start, zone, since, until}] comes in,
// the UTC instants of each in [since, until) go out; null where the package refuses the rule.
import { text } from "node:stream/consumers";
import { RRuleTemporal } from "rrule-temporal";

const asked = JSON.parse(await text(process.stdin));
const answered = asked.map(({ rule, start, zone, since, until }) => {
  try {
    const said = new RRuleTemporal({ rruleString: `DTSTART;TZID=${zone}:${start}\nRRULE:${rule}` });
    return said.between(new Date(since), new Date(until), true)
      .map((at) => at.toInstant().toString().slice(0, 19) + "Z")
      .filter((at) => at < until);
  } catch (error) {
    return { refused: String(error) };
  }
});
process.stdout.write(JSON.stringify(answered));
