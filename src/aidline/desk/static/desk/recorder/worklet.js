// Passes on what the microphone hears, in pieces of about a twentieth of a second.
const PIECE = 2048;

class Listener extends AudioWorkletProcessor {
  constructor() {
    super();
    this.piece = new Float32Array(PIECE);
    this.filled = 0;
  }

  process([channels]) {
    for (const sample of channels[0] ?? []) {
      this.piece[this.filled++] = sample;
      if (this.filled === PIECE) this.pass();
    }
    return true;
  }

  pass() {
    this.port.postMessage(this.piece, [this.piece.buffer]);
    this.piece = new Float32Array(PIECE);
    this.filled = 0;
  }
}

registerProcessor("listener", Listener);
