import * as rxjs from 'rxjs';
import * as rxsluice from 'rxsluice';
import * as node from 'rxsluice/node';
import * as testing from 'rxsluice/testing';
import { nodeEntry } from './node-entry.mjs';
import { program } from './program.mjs';

await nodeEntry(rxsluice, node);
console.log(`${process.version}: ${await program(rxsluice, testing, rxjs)}`);
