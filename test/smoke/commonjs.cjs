/* global console, process */
const rxjs = require('rxjs');
const rxsluice = require('rxsluice');
const node = require('rxsluice/node');
const testing = require('rxsluice/testing');
const worker = require('rxsluice/worker');

import('./node-entry.mjs')
  .then(({ nodeEntry }) => nodeEntry(rxsluice, node))
  .then(() => import('./worker-entry.mjs'))
  .then(({ workerEntry }) => workerEntry(rxsluice, worker))
  .then(() => import('./program.mjs'))
  .then(({ program }) => program(rxsluice, testing, rxjs))
  .then((told) => console.log(`${process.version}: ${told}`));
