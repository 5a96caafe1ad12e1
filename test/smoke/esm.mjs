import * as rxjs from 'rxjs';
import * as rxsluice from 'rxsluice';
import * as node from 'rxsluice/node';
import * as testing from 'rxsluice/testing';
import * as worker from 'rxsluice/worker';
import { nodeEntry } from './node-entry.mjs';
import { program } from './program.mjs';
import { workerEntry } from './worker-entry.mjs';

await nodeEntry(rxsluice, node);
await workerEntry(rxsluice, worker);
console.log(`${process.version}: ${await program(rxsluice, testing, rxjs)}`);
