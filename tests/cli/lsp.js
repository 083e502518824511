// SPDX-License-Identifier: MIT
//
// node lsp.js FILE...: what yaml-language-server, told nothing but the files,
// says of each: "FILE:LINE:COLUMN: MESSAGE" lines, in the order of the files.
// The server is the real one, spoken to as editors do, over its standard input
// and output; the schema it takes is the one that a file's modeline names.
// Needs NODE_PATH to find it.
const { spawn } = require('child_process');
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');
const files = process.argv.slice(2);
const server = spawn(process.execPath, [
  path.join(process.env.NODE_PATH, 'yaml-language-server/bin/yaml-language-server'),
  '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
const found = new Map();
let input = Buffer.alloc(0);

function send(message) {
  const text = JSON.stringify({ jsonrpc: '2.0', ...message });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

function open(file) {
  send({ method: 'textDocument/didOpen', params: { textDocument: {
    uri: pathToFileURL(path.resolve(file)).href, languageId: 'yaml', version: 1,
    text: fs.readFileSync(file, 'utf8') } } });
}

function settings(item) {
  return item.section === 'yaml' ?
    { validate: true, schemaStore: { enable: false } } : null;
}

function finish() {
  const order = (a, b) => a.range.start.line - b.range.start.line ||
    a.range.start.character - b.range.start.character;
  for (const file of files)
    for (const one of found.get(pathToFileURL(path.resolve(file)).href).sort(order))
      console.log(`${file}:${one.range.start.line + 1}:` +
        `${one.range.start.character + 1}: ${one.message}`);
  server.kill();
  process.exit(0);
}

function take(message) {
  if (message.id === 1 && message.result) {
    send({ method: 'initialized', params: {} });
    send({ method: 'workspace/didChangeConfiguration',
      params: { settings: { yaml: settings({ section: 'yaml' }) } } });
    files.forEach(open);
  } else if (message.method === 'workspace/configuration') {
    send({ id: message.id, result: message.params.items.map(settings) });
  } else if (message.method && message.id !== undefined) {
    send({ id: message.id, result: null });
  } else if (message.method === 'textDocument/publishDiagnostics') {
    found.set(message.params.uri, message.params.diagnostics);
    // What is said last counts: the schema may be read behind a first look.
    clearTimeout(finish.timer);
    if (found.size === files.length)
      finish.timer = setTimeout(finish, 1500);
  }
}

server.stdout.on('data', (data) => {
  input = Buffer.concat([input, data]);
  for (;;) {
    const end = input.indexOf('\r\n\r\n');
    if (end < 0)
      return;
    const head = input.subarray(0, end).toString();
    const length = Number(/Content-Length: (\d+)/i.exec(head)[1]);
    if (input.length < end + 4 + length)
      return;
    const text = input.subarray(end + 4, end + 4 + length).toString();
    input = input.subarray(end + 4 + length);
    take(JSON.parse(text));
  }
});
setTimeout(() => {
  console.error('the server did not answer for all files');
  server.kill();
  process.exit(1);
}, 60000);
send({ id: 1, method: 'initialize', params: {
  processId: process.pid, rootUri: null, capabilities: {
    textDocument: { publishDiagnostics: {} },
    workspace: { configuration: true, didChangeConfiguration: {} } } } });
