// What play.html says of foretold numbers: node mark_in_page.mjs FOLDER < [[typed, guess, step, about], …]

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { mark } = await import(new URL("../stepper.js", pathToFileURL(`${process.argv[2]}/`)));
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf-8")).map((asked) => mark(...asked))));
