// peer.js validate|whole SCHEMA DATA: what bench_schema prints, of ajv.
const Ajv = require('ajv/dist/2020');
const fs = require('fs');
const [verb, schema, data] = process.argv.slice(2);
const validate = new Ajv({ strict: false, validateFormats: false })
  .compile(JSON.parse(fs.readFileSync(schema, 'utf8')));
const text = fs.readFileSync(data, 'utf8');
const parsed = JSON.parse(text);

function pass(seconds) {
  const start = process.cpuUsage();
  let count = 0;
  for (;;) {
    for (let i = 0; i < 100; i++, count++)
      if (!validate(verb === 'whole' ? JSON.parse(text) : parsed))
        throw new Error('not valid');
    const used = process.cpuUsage(start);
    const micros = used.user + used.system;
    if (micros > seconds * 1e6)
      return micros * 1000 / count;
  }
}
pass(0.3);
console.log(pass(0.3).toFixed(1));
