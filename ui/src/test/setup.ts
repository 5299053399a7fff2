// What browsers have and jsdom lacks.

document.documentElement.lang = 'en';

globalThis.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
  this.querySelector('button')?.focus();
};

globalThis.IntersectionObserver = class {
  root = null;
  rootMargin = '';
  scrollMargin = '';
  thresholds = [];
  #hear: IntersectionObserverCallback;
  constructor(hear: IntersectionObserverCallback) {
    this.#hear = hear;
  }
  observe(target: Element) {
    this.#hear([{ target, isIntersecting: true } as unknown as IntersectionObserverEntry], this);
  }
  unobserve() {}
  disconnect() {}
  takeRecords() {
    return [];
  }
};

globalThis.matchMedia = (media) =>
  Object.assign(new EventTarget(), {
    media,
    matches: false,
    onchange: null,
    addListener() {},
    removeListener() {},
  });

globalThis.Path2D = class {
  addPath() {}
  arc() {}
  arcTo() {}
  bezierCurveTo() {}
  closePath() {}
  ellipse() {}
  lineTo() {}
  moveTo() {}
  quadraticCurveTo() {}
  rect() {}
  roundRect() {}
};

/** A canvas that takes everything and draws nothing. */
const context = new Proxy({} as CanvasRenderingContext2D, {
  get: (target, name) => {
    if (name === 'measureText') return () => ({ width: 0 });
    return name in target ? Reflect.get(target, name) : () => null;
  },
});
HTMLCanvasElement.prototype.getContext = (() => context) as never;
