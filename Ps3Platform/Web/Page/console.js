// The screen: draws what comes over the socket, and sends keys, pointer and text. Numbers of messages are big-endian; see RunLengths.cs.
import { startControl, command } from './control.js';
import { startPanels } from './panels.js';
import { startSerial } from './serial.js';
import { startFiles, startUsb } from './usb.js';

const canvas = document.getElementById('screen');
const picture = canvas.getContext('2d', { alpha: false });
const status = document.getElementById('status');
const retry = { least: 500, most: 8000 };
let socket = null;
let wait = retry.least;

function send(message) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function connect() {
  socket = new WebSocket(`ws://${location.host}/screen`);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => { wait = retry.least; };
  socket.onmessage = event => {
    draw(new DataView(event.data));
    // The next one comes only when this one can be seen.
    requestAnimationFrame(() => send({ shown: true }));
  };
  socket.onclose = async () => {
    status.textContent = 'connection lost, trying again…';
    // A program that has started anew has another secret, and lets this page in no more.
    const answer = await fetch('downloads.json').catch(() => null);
    if (answer?.status === 403) status.textContent = 'ps3 has started anew: open the address that it has printed';
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, retry.most);
  };
}

function draw(view) {
  const width = view.getUint16(0), height = view.getUint16(2), count = view.getUint16(4);
  if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
  let at = 6;
  for (let i = 0; i < count; i++) {
    const x = view.getUint16(at), y = view.getUint16(at + 2), w = view.getUint16(at + 4), h = view.getUint16(at + 6);
    const end = at + 12 + view.getUint32(at + 8);
    const part = picture.createImageData(w, h);
    // One store a pixel: alpha in the highest byte of a little-endian word.
    const pixels = new Uint32Array(part.data.buffer);
    let pixel = 0;
    for (at += 12; at < end; at += 4) {
      const color = 0xff000000 | view.getUint8(at + 3) << 16 | view.getUint8(at + 2) << 8 | view.getUint8(at + 1);
      const next = pixel + view.getUint8(at) + 1;
      pixels.fill(color >>> 0, pixel, next);
      pixel = next;
    }
    picture.putImageData(part, x, y);
  }
  canvas.dataset.updates = Number(canvas.dataset.updates ?? 0) + 1;
}

function key(event, down) {
  // A way out for people without a mouse.
  if (down && event.ctrlKey && event.altKey && event.shiftKey) { release(); canvas.blur(); return; }
  event.preventDefault();
  if (!event.repeat) send({ key: event.code, down });
}

function release() { send({ release: true }); }

function point(event, wheel = 0) {
  const box = canvas.getBoundingClientRect();
  const x = Math.round((event.clientX - box.left) * canvas.width / box.width);
  const y = Math.round((event.clientY - box.top) * canvas.height / box.height);
  send({ x, y, buttons: event.buttons & 31, wheel });
}

canvas.addEventListener('keydown', event => key(event, true));
canvas.addEventListener('keyup', event => key(event, false));
canvas.addEventListener('blur', release);
canvas.addEventListener('pointerdown', event => { canvas.focus(); canvas.setPointerCapture(event.pointerId); point(event); });
canvas.addEventListener('pointerup', event => point(event));
canvas.addEventListener('contextmenu', event => event.preventDefault());
canvas.addEventListener('wheel', event => { event.preventDefault(); point(event, -Math.sign(event.deltaY)); }, { passive: false });
// At most one place a frame.
let moved = null;
canvas.addEventListener('pointermove', event => {
  if (!moved) requestAnimationFrame(() => { point(moved); moved = null; });
  moved = event;
});
canvas.addEventListener('paste', event => {
  event.preventDefault();
  send({ text: event.clipboardData.getData('text').replaceAll('\r', '').slice(0, 4000) });
});

document.getElementById('typing').addEventListener('submit', event => {
  event.preventDefault();
  const field = document.getElementById('text');
  send({ text: field.value + '\n' });
  field.value = '';
});
document.getElementById('full').addEventListener('click', () => canvas.requestFullscreen?.().then(() => canvas.focus()));
document.getElementById('cad').addEventListener('click', () => {
  for (const code of ['ControlLeft', 'AltLeft', 'Delete']) send({ key: code, down: true });
  release();
  canvas.focus();
});
document.getElementById('power').addEventListener('click', () => command('system_powerdown'));
document.getElementById('reset').addEventListener('click', () => {
  if (confirm('Restart the machine, as switching it off and on does?')) command('system_reset');
});
document.getElementById('eject').addEventListener('click', () => command('eject', { device: 'cdrom' }));

connect();
startPanels();
startUsb();
startControl();
startFiles();
startSerial();
