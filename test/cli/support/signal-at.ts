/*
 * Preloaded by `node --import` into a process of the command line: it sends itself SIGNAL as soon as it has written
 * SIGNAL_AT to standard error. A signal sent from outside might find the process past that point, or done.
 */
const { SIGNAL_AT, SIGNAL } = process.env;
const write = process.stderr.write.bind(process.stderr);
let sent = false;

process.stderr.write = ((text: string) => {
  const flushed = write(text);
  if (!sent && text.includes(SIGNAL_AT!)) {
    sent = true;
    process.kill(process.pid, SIGNAL as NodeJS.Signals);
  }
  return flushed;
}) as typeof process.stderr.write;
