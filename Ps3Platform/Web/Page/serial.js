// The serial terminal: xterm.js where the build could bring it, else the plain one.
import { PlainTerminal } from './terminal.js';

const place = document.getElementById('terminal');
const help = document.getElementById('serial-help');
const plug = document.getElementById('plug-serial');
const columns = 80, rows = 24, scrollback = 5000;
const mostWaiting = 64 << 10, mostAtOnce = 2000;
let terminal = null;
let socket = null;
let waiting = '';
let isTaken = true;

export async function startSerial() {
  terminal = await makeTerminal();
  terminal.onData(type);
  connect();
}

async function makeTerminal() {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const theme = () => dark.matches ? { background: '#101010', foreground: '#e6e6e6', cursor: '#e6e6e6' }
    : { background: '#ffffff', foreground: '#1a1a1a', cursor: '#1a1a1a', selectionBackground: '#b5d5ff' };
  // ?plain is for those who prefer a page of text to an emulator.
  const module = new URLSearchParams(location.search).has('plain') ? null : await import('./xterm.mjs').catch(() => null);
  if (!module) return new PlainTerminal(place, { rows, scrollback });
  const style = document.createElement('link');
  Object.assign(style, { rel: 'stylesheet', href: 'xterm.css' });
  document.head.append(style);
  await new Promise(resolve => { style.onload = style.onerror = resolve; });
  const made = new module.Terminal({
    cols: columns, rows, scrollback, fontSize: 14, screenReaderMode: true, theme: theme(), minimumContrastRatio: 4.5,
    fontFamily: 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace' });
  dark.addEventListener('change', () => { made.options.theme = theme(); });
  // It measures letters, which have no size while it is hidden.
  place.hidden = false;
  made.open(place);
  place.hidden = true;
  Object.assign(made.textarea, { id: 'serial-input', ariaLabel: 'Serial terminal' });
  made.attachCustomKeyEventHandler(event => {
    if (!(event.ctrlKey && event.altKey && event.shiftKey)) return true;
    made.blur();
    return false;
  });
  return made;
}

function connect() {
  socket = new WebSocket(`ws://${location.host}/serial`);
  socket.binaryType = 'arraybuffer';
  // What is kept of the line comes again.
  socket.onopen = () => { terminal.reset(); isTaken = true; waiting = ''; };
  socket.onmessage = event => {
    // The next piece comes when this one can be seen.
    if (event.data instanceof ArrayBuffer) terminal.write(new Uint8Array(event.data), () => say({ shown: true }));
    else hear(JSON.parse(event.data));
  };
  socket.onclose = () => setTimeout(connect, 1000);
}

function hear({ plugged, taken, lost }) {
  if (plugged !== undefined) {
    plug.hidden = plugged;
    // What an adapter has sent stays to be read when it has gone.
    place.hidden &&= !plugged;
    help.textContent = plugged ? '/dev/ttyUSB0 in Linux. Ctrl+Alt+Shift together leaves the terminal.'
      : 'No serial adapter leads here. Plug one in, or start with --serial web.';
  }
  if (lost !== undefined) terminal.write(`\r\n[${lost} bytes were too fast for this page]\r\n`);
  if (taken) { isTaken = true; send(); }
}

// The guest may take its time: what is typed waits here, and not without limit.
function type(text) {
  if (waiting.length + text.length > mostWaiting) return;
  waiting += text;
  send();
}

function send() {
  if (!isTaken || !waiting || socket?.readyState !== WebSocket.OPEN) return;
  isTaken = false;
  say({ input: waiting.slice(0, mostAtOnce) });
  waiting = waiting.slice(mostAtOnce);
}

function say(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}
