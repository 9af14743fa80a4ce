// What is plugged in, and files to take along.
import { command, onNews, isConnected } from './control.js';

const plugs = document.getElementById('plugs');
const driver = document.getElementById('driver');
const image = document.getElementById('image');
let shown = '';

export function startUsb() {
  driver.addEventListener('change', () => { image.disabled = driver.value !== 'usb-storage'; });
  document.getElementById('plugging').addEventListener('submit', event => {
    event.preventDefault();
    add(driver.value, driver.value === 'usb-storage' ? { file: image.value } : {});
  });
  document.getElementById('plug-serial').addEventListener('click', () => add('usb-serial', { chardev: 'web' }));
  onNews(refresh);
  setInterval(refresh, 5000);
}

export async function startFiles() {
  const answer = await fetch('downloads.json');
  if (!answer.ok) return;
  for (const { name, title } of await answer.json()) {
    const link = document.createElement('a');
    Object.assign(link, { href: name, download: name, textContent: title });
    document.getElementById('files').append(link);
  }
}

async function add(kind, properties) {
  await command('device_add', { driver: kind, ...properties });
  await refresh();
}

async function refresh() {
  if (!isConnected() || document.hidden) return;
  const hosts = await command('query-usb');
  if (!hosts) return;
  const devices = hosts.flatMap(host => host.state.devices ?? []);
  // The buttons stay while nothing has changed: one of them may have the focus.
  const text = JSON.stringify(devices);
  if (text === shown) return;
  shown = text;
  plugs.replaceChildren(...(devices.length ? devices.map(line) : [item('Nothing is plugged in.')]));
}

function line(device) {
  const made = item(`${device.product}, socket ${device.socket}${device.address ? '' : ', not in use'} `);
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', textContent: 'Unplug', id: 'unplug-' + device.id });
  button.setAttribute('aria-label', `Unplug ${device.product}, socket ${device.socket}`);
  button.addEventListener('click', async () => { await command('device_del', { id: device.id }); await refresh(); driver.focus(); });
  made.append(button);
  return made;
}

function item(text) {
  const made = document.createElement('li');
  made.append(text);
  return made;
}
