// peer.js validate|whole|prepare SCHEMA DATA: what bench_schema prints, of ajv.
const fs = require('fs');
const [verb, schema, data] = process.argv.slice(2);
const json = fs.readFileSync(schema, 'utf8');
const draft7 = JSON.parse(json).$schema.includes('draft-07');
const Ajv = require(draft7 ? 'ajv' : 'ajv/dist/2020').default;
const ajv = new Ajv({ strict: false, meta: !draft7 });
require('ajv-formats').default(ajv);
const validate = ajv.compile(JSON.parse(json));
const text = fs.readFileSync(data, 'utf8');
const parsed = JSON.parse(text);

// What ajv keeps of a schema is forgotten, or it would only look it up.
function prepare() {
  const parsed = JSON.parse(json);
  ajv.compile(parsed);
  ajv.removeSchema(parsed);
}

function pass(seconds) {
  const start = process.cpuUsage();
  const each = verb === 'prepare' ? 10 : 100;
  let count = 0;
  for (;;) {
    for (let i = 0; i < each; i++, count++)
      if (verb === 'prepare')
        prepare();
      else if (!validate(verb === 'whole' ? JSON.parse(text) : parsed))
        throw new Error('not valid');
    const used = process.cpuUsage(start);
    const micros = used.user + used.system;
    if (micros > seconds * 1e6)
      return micros * 1000 / count;
  }
}
pass(0.3);
console.log(pass(0.3).toFixed(1));
