// A provider that works a queue, and drains it when the application ends.

import { Controller, Inject, Injectable, type OnApplicationShutdown, Param, Post } from '@nestjs/common';
import { type Operation, queue, sleep, work } from 'rxsluice';

@Injectable()
export class Mails implements OnApplicationShutdown {
  readonly sent: string[] = [];
  readonly #queue = queue<string>({ name: 'mails', maxAttempts: 3 });

  constructor() {
    const { sent } = this;
    work(
      this.#queue,
      function* (mail) {
        yield* sleep(20);
        sent.push(mail);
      },
      { concurrency: 2 },
    ).subscribe();
  }

  send(mail: string): Operation<void> {
    return this.#queue.send(mail);
  }

  // Not `onModuleDestroy`: that comes before HTTP is closed, and what is accepted afterwards would be refused by a closed queue.
  async onApplicationShutdown(): Promise<void> {
    this.#queue.close();
    await this.#queue.join().promise();
  }
}

@Controller('mails')
export class MailController {
  constructor(@Inject(Mails) private readonly mails: Mails) {}

  @Post(':to')
  send(@Param('to') to: string): Operation<string> {
    return this.mails.send(to).map(() => 'accepted');
  }
}
