// SPDX-License-Identifier: MIT
//
// node validate.js SCHEMAS LIST: what validate.py does, by ajv. A fourth column
// of LIST may be "reject": then the document must not fit. A file whose name
// ends in .jsonl holds a document in each line. Needs NODE_PATH to find ajv.
const Ajv = require('ajv/dist/2020');
const fs = require('fs');
const path = require('path');
const [folder, listing] = process.argv.slice(2);
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
const validators = {};
let failed = false;

function validator(name) {
  if (!validators[name])
    validators[name] = ajv.compile(JSON.parse(fs.readFileSync(
      path.join(folder, name + '.schema.json'), 'utf8')));
  return validators[name];
}

for (const line of fs.readFileSync(listing, 'utf8').split('\n').filter(Boolean)) {
  const [name, file, command, want] = line.split('\t');
  const text = fs.readFileSync(file, 'utf8');
  const texts = file.endsWith('.jsonl') ? text.split('\n').filter(Boolean) : [text];
  const fits = validator(name);
  for (const one of texts) {
    if (fits(JSON.parse(one)) === (want !== 'reject'))
      continue;
    failed = true;
    console.log(`${command}\n  ${name}.schema.json: ajv says otherwise: ` +
      `${ajv.errorsText(fits.errors).slice(0, 300)}: ${one.slice(0, 300)}`);
  }
}
process.exit(failed ? 1 : 0);
