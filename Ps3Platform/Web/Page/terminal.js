// A plain terminal for builds without xterm.js: lines of text, the control characters that shells and kernels use, no colours. It has the
// part of xterm.js's interface that serial.js uses.
export class PlainTerminal {
  #element = document.createElement('pre');
  #lines = [[]];
  #row = 0;
  #column = 0;
  #sequence = '';
  #decoder = new TextDecoder();
  #listeners = [];
  #rows;
  #most;
  #isDrawn = true;

  constructor(place, { rows, scrollback }) {
    this.#rows = rows;
    this.#most = rows + scrollback;
    Object.assign(this.#element, { tabIndex: 0, id: 'serial-input', className: 'plain', role: 'log' });
    this.#element.setAttribute('aria-label', 'Serial terminal');
    place.append(this.#element);
    this.#element.addEventListener('keydown', event => this.#key(event));
    this.#element.addEventListener('paste', event => {
      event.preventDefault();
      this.#give(event.clipboardData.getData('text').replaceAll('\r\n', '\r').replaceAll('\n', '\r'));
    });
  }

  onData(listener) { this.#listeners.push(listener); }

  reset() {
    this.#lines = [[]];
    this.#row = this.#column = 0;
    this.#sequence = '';
    this.#draw();
  }

  write(data, done) {
    for (const character of typeof data === 'string' ? data : this.#decoder.decode(data, { stream: true })) this.#take(character);
    this.#draw();
    if (done) requestAnimationFrame(done);
  }

  #take(character) {
    if (this.#sequence) { this.#takeEscaped(character); return; }
    switch (character) {
      case '\x1b': this.#sequence = character; break;
      case '\r': this.#column = 0; break;
      case '\n': this.#row++; break;
      case '\b': this.#column = Math.max(0, this.#column - 1); break;
      case '\t': this.#column = (this.#column & ~7) + 8; break;
      default:
        if (character < ' ' || character === '\x7f') return;
        this.#line()[this.#column++] = character;
    }
    while (this.#lines.length <= this.#row) this.#lines.push([]);
    if (this.#lines.length > this.#most) {
      this.#row -= this.#lines.length - this.#most;
      this.#lines.splice(0, this.#lines.length - this.#most);
    }
  }

  // ESC [ numbers letter; ESC ] text BEL; ESC and one more. What is too long is none.
  #takeEscaped(character) {
    this.#sequence += character;
    const kind = this.#sequence[1];
    if (kind === ']') { if (character === '\x07' || this.#sequence.length > 256) this.#sequence = ''; return; }
    if (kind === '(' || kind === ')') { if (this.#sequence.length === 3) this.#sequence = ''; return; }
    if (kind !== '[') { this.#sequence = ''; return; }
    if (this.#sequence.length > 2 && character >= '@' && character <= '~') {
      const numbers = this.#sequence.slice(2, -1).split(';').map(text => Math.min(parseInt(text, 10) || 0, 1000));
      this.#sequence = '';
      this.#control(character, numbers);
    } else if (this.#sequence.length > 64) this.#sequence = '';
  }

  #control(letter, [first, second = 0]) {
    const top = Math.max(0, this.#lines.length - this.#rows);
    const some = Math.max(1, first);
    switch (letter) {
      case 'A': this.#row = Math.max(top, this.#row - some); break;
      case 'B': this.#row = Math.min(top + this.#rows - 1, this.#row + some); break;
      case 'C': this.#column = Math.min(this.#column + some, 1000); break;
      case 'D': this.#column = Math.max(0, this.#column - some); break;
      case 'G': this.#column = some - 1; break;
      case 'H': case 'f':
        this.#row = top + Math.min(some, this.#rows) - 1;
        this.#column = Math.max(1, second) - 1;
        break;
      case 'J': this.#erase(first, top); break;
      case 'K': this.#eraseLine(first); break;
      // Colours ('m') and modes change no text.
    }
    while (this.#lines.length <= this.#row) this.#lines.push([]);
  }

  #erase(what, top) {
    if (what === 0) { this.#eraseLine(0); this.#lines.length = this.#row + 1; return; }
    if (what === 1) { for (let row = top; row < this.#row; row++) this.#lines[row] = []; this.#eraseLine(1); return; }
    // What is cleared goes up into what can be scrolled to.
    const row = this.#row - top;
    for (let i = 0; i < this.#rows; i++) this.#lines.push([]);
    this.#row = Math.max(0, this.#lines.length - this.#rows) + row;
  }

  #eraseLine(what) {
    const line = this.#line();
    if (what === 0) line.length = Math.min(line.length, this.#column);
    else if (what === 1) line.fill(' ', 0, this.#column + 1);
    else line.length = 0;
  }

  #line() {
    while (this.#lines.length <= this.#row) this.#lines.push([]);
    return this.#lines[this.#row];
  }

  // Once a frame, however much has come.
  #draw() {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    requestAnimationFrame(() => {
      this.#isDrawn = true;
      const text = this.#lines.map(line => Array.from(line, cell => cell ?? ' ').join('')).join('\n');
      const cursor = document.createElement('span');
      cursor.className = 'cursor';
      const start = this.#lines.slice(0, this.#row).reduce((length, line) => length + Array.from(line, cell => cell ?? ' ').join('').length + 1, 0);
      const line = Array.from(this.#line(), cell => cell ?? ' ');
      const before = line.slice(0, this.#column).join('').padEnd(this.#column);
      cursor.textContent = line[this.#column] ?? ' ';
      const rest = line.slice(this.#column + 1).join('');
      const below = this.#lines.slice(this.#row + 1).map(one => '\n' + Array.from(one, cell => cell ?? ' ').join('')).join('');
      this.#element.replaceChildren(text.slice(0, start) + before, cursor, rest + below);
      this.#element.scrollTop = this.#element.scrollHeight;
    });
  }

  #give(text) { if (text) this.#listeners.forEach(listener => listener(text)); }

  #key(event) {
    if (event.ctrlKey && event.altKey && event.shiftKey) { this.#element.blur(); return; }
    const named = {
      Enter: '\r', Backspace: '\x7f', Tab: '\t', Escape: '\x1b', ArrowUp: '\x1b[A', ArrowDown: '\x1b[B', ArrowRight: '\x1b[C',
      ArrowLeft: '\x1b[D', Home: '\x1b[H', End: '\x1b[F', Delete: '\x1b[3~', PageUp: '\x1b[5~', PageDown: '\x1b[6~' };
    let text = named[event.key];
    if (text === undefined && event.key.length === 1) {
      const isControl = event.ctrlKey && !event.altKey && /^[a-z\[\\\]^_@ ]$/i.test(event.key);
      // Copy and paste stay the browser's.
      if (event.metaKey || (event.ctrlKey && event.shiftKey) || (event.ctrlKey && !isControl && !event.altKey)) return;
      if (isControl && event.key === 'v') return;
      text = isControl ? String.fromCharCode(event.key.toUpperCase().charCodeAt(0) & 31) : event.key;
      if (event.altKey && !event.ctrlKey) text = '\x1b' + text;
    }
    if (text === undefined) return;
    event.preventDefault();
    this.#give(text);
  }
}
