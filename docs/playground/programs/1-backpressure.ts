// A slow consumer. Move its pace: the producer feels it, and nothing is lost.

import { channel, forEach, go, sleep } from 'rxsluice';
import { mark, pace } from 'playground';

const books = channel<string>({ name: 'books', capacity: 2 });

go(function* () {
  for (const book of 'abcdef') {
    yield* books.send(book); // waits while two are buffered
    mark('sent', book);
    yield* sleep(1);
  }
  books.close();
});

forEach(books, function* (book) {
  yield* sleep(pace); // reading takes time
  mark('read', book);
}).subscribe(() => {
  console.log('all read');
});
