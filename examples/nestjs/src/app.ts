import { Module } from '@nestjs/common';
import { AddController, CountController, Counter } from './counter.js';
import { MailController, Mails } from './mails.js';
import { SumController } from './sum.js';
import { TickController, Ticks } from './ticks.js';

@Module({
  controllers: [AddController, CountController, MailController, SumController, TickController],
  providers: [Counter, Mails, Ticks],
})
export class App {}
