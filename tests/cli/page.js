// SPDX-License-Identifier: MIT
//
// node page.js FILE PROFILE: opens a page in Chromium, asked over the DevTools
// protocol, and prints what is wrong with it, a line each: what is fetched or
// run, colours that are too close in the light or the dark scheme, a width
// that does not fit, and what a keyboard cannot reach or does not show.
'use strict';
const { spawn } = require('child_process');
const [file, profile] = process.argv.slice(2);
const url = 'file://' + file;
const LEAST = 4.5; // WCAG 2.2, 1.4.3
const WIDTHS = [1280, 380];
const KEYS = { Tab: 9, Enter: 13, ArrowDown: 40 };

const chromium = spawn('chromium', ['--headless=new', '--no-sandbox',
  '--disable-gpu', '--remote-debugging-pipe', '--user-data-dir=' + profile,
  'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
const waiting = new Map();
const events = [];
let last = 0;
let received = '';
chromium.stdio[4].on('data', (data) => {
  const messages = (received + data).split('\0');
  received = messages.pop();
  for (const message of messages.map((text) => JSON.parse(text)))
    if (message.id) waiting.get(message.id)(message);
    else events.push(message);
});

function send(method, params, sessionId) {
  return new Promise((resolve, reject) => {
    waiting.set(++last, (answer) => (answer.error
      ? reject(new Error(method + ': ' + answer.error.message))
      : resolve(answer.result)));
    chromium.stdio[3].write(
      JSON.stringify({ id: last, method, params, sessionId }) + '\0');
  });
}

// Runs in the page: texts whose colour is too close to what is behind them.
function findFaint(least) {
  const numbers = (color) => color.match(/[\d.]+/g).map(Number);
  const over = (color, below) => below.map((value, i) =>
    color[i] * (color[3] ?? 1) + value * (1 - (color[3] ?? 1)));
  const light = (rgb) => rgb.map((v) => (v / 255 <= 0.03928
    ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    const below = node.parentElement ? behind(node.parentElement) : [255, 255, 255];
    return over(numbers(getComputedStyle(node).backgroundColor), below);
  };
  const found = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !node.checkVisibility() ||
        node.closest('.hidden'))
      continue;
    const back = behind(node);
    const color = over(numbers(getComputedStyle(node).color), back);
    const [low, high] = [light(color), light(back)].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < least)
      found.add(color.map(Math.round) + ' on ' + back.map(Math.round) + ': ' +
        ratio.toFixed(2));
  }
  return [...found];
}

// Runs in the page: what has the focus, "" for nothing.
function describeFocus() {
  const node = document.activeElement;
  if (!node || node === document.body) return '';
  const style = getComputedStyle(node);
  const box = node.getBoundingClientRect();
  const isShown = style.outlineStyle !== 'none' &&
    parseFloat(style.outlineWidth) >= 2 && box.width > 1 &&
    box.top >= 0 && box.bottom <= innerHeight;
  return [isShown ? 'shown' : 'not shown', node.tagName,
    node.id || node.textContent.trim().slice(0, 30)].join(' ');
}

async function main() {
  const { targetInfos } = await send('Target.getTargets');
  const { targetId } = targetInfos.find((target) => target.type === 'page');
  const { sessionId } = await send('Target.attachToTarget',
    { targetId, flatten: true });
  const wrong = [];
  const tell = (method, params) => send(method, params, sessionId);
  const ask = async (code, ...args) => {
    const expression = typeof code === 'function'
      ? `(${code})(${args.map((arg) => JSON.stringify(arg))})` : code;
    const { result, exceptionDetails } = await tell('Runtime.evaluate',
      { expression, returnByValue: true });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  };
  const load = async (scheme, width) => {
    await tell('Emulation.setEmulatedMedia',
      { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    await tell('Emulation.setDeviceMetricsOverride',
      { width, height: 900, deviceScaleFactor: 1, mobile: false });
    const before = events.length;
    await tell('Page.navigate', { url });
    while (!events.slice(before).some((e) => e.method === 'Page.loadEventFired'))
      await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const press = async (key) => {
    const event = { key, code: key, windowsVirtualKeyCode: KEYS[key] };
    await tell('Input.dispatchKeyEvent', { ...event, type: 'keyDown',
      text: key === 'Enter' ? '\r' : undefined });
    await tell('Input.dispatchKeyEvent', { ...event, type: 'keyUp' });
    return ask(describeFocus);
  };

  for (const domain of ['Page', 'Network', 'Log'])
    await tell(domain + '.enable');
  for (const scheme of ['light', 'dark'])
    for (const width of WIDTHS) {
      await load(scheme, width);
      await ask('document.querySelectorAll("details").forEach(d => d.open = true)');
      for (const view of ['inline', 'side', 'rendered']) {
        const where = [scheme, width, view].join(' ') + ': ';
        await ask(`document.getElementById("${view}").checked = true`);
        for (const pair of await ask(findFaint, LEAST)) wrong.push(where + pair);
        if (await ask('document.documentElement.scrollWidth > innerWidth'))
          wrong.push(where + 'wider than the window');
      }
    }

  // Everything by keyboard, in the order of the page.
  await load('light', WIDTHS[0]);
  const stops = [];
  for (let stop = await press('Tab'); stop && stops.length < 100;
    stop = await press('Tab'))
    stops.push(stop);
  const wanted = await ask(`(() => {
    const nodes = [...document.querySelectorAll('a[href], input, summary')];
    return nodes.filter(n => n.matches('.skip') || (n.checkVisibility() &&
      (n.type !== 'radio' || n.checked))).length })()`);
  if (stops.length !== wanted)
    wrong.push(`${stops.length} of ${wanted} reached by keyboard`);
  wrong.push(...stops.filter((stop) => stop.startsWith('not')));
  await load('light', WIDTHS[0]);
  await press('Tab');
  if (!(await press('Enter')).endsWith('changes'))
    wrong.push('the first link does not lead to the changes');
  await load('light', WIDTHS[0]);
  await press('Tab');
  await press('Tab');
  await press('ArrowDown');
  if (await ask('getComputedStyle(document.querySelector(".vi")).display') !== 'none')
    wrong.push('a key does not change the view');

  for (const { method, params } of events)
    if (method === 'Network.requestWillBeSent' &&
        params.request.url.split('#')[0] !== url)
      wrong.push('fetches ' + params.request.url);
    else if (method === 'Log.entryAdded')
      wrong.push('logs ' + params.entry.text);
  for (const line of wrong) console.log(line);
}

main().catch((error) => console.log(String(error))).finally(() => {
  chromium.once('exit', () => process.exit(0));
  chromium.kill();
});
