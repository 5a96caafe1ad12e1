import * as rxjs from 'rxjs';
import * as rxsluice from 'rxsluice';
import * as testing from 'rxsluice/testing';
import { program } from './program.mjs';

console.log(`${process.version}: ${await program(rxsluice, testing, rxjs)}`);
