// SPDX-License-Identifier: MIT
//
// nunjucks on the templates of the render benchmark, as peer.py:
//
//     node peer.js VERB TEMPLATE CONTEXT
//
// VERB is print; or time or compile, for the median microseconds of CPU.
'use strict';

const fs = require('fs');
const nunjucks = require('nunjucks');

const ROUNDS = 15;
const ROUND_MICROS = 20000;

function micros() {
	const usage = process.cpuUsage();

	return usage.user + usage.system;
}

function timed(what, passes) {
	const start = micros();

	for (let i = 0; i < passes; i++)
		what();
	return micros() - start;
}

function measure(what) {
	let passes = 1;

	while (timed(what, passes) < ROUND_MICROS / 2)
		passes *= 2;
	// Until the compiler behind node has nothing left to do.
	for (let i = 0; i < ROUNDS; i++)
		timed(what, passes);
	while (timed(what, passes) < ROUND_MICROS / 2)
		passes *= 2;
	const rounds = [];

	for (let i = 0; i < ROUNDS; i++)
		rounds.push(timed(what, passes) / passes);
	rounds.sort((a, b) => a - b);
	return rounds[ROUNDS >> 1];
}

const [verb, template_path, context_path] = process.argv.slice(2);
const env = new nunjucks.Environment(null, {
	autoescape: false, trimBlocks: true, lstripBlocks: true
});
const source = fs.readFileSync(template_path, 'utf8').replace(/\n$/, '');
const context = JSON.parse(fs.readFileSync(context_path, 'utf8'));
const compile = () => new nunjucks.Template(source, env, null, true);
const template = compile();

if (verb === 'print')
	process.stdout.write(template.render(context));
else if (verb === 'compile')
	console.log(measure(compile).toFixed(3));
else
	console.log(measure(() => template.render(context)).toFixed(3));
