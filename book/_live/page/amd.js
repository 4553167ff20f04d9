// anywidget's front end is published as an AMD module; this catches the one that it defines.
export let anywidget;
globalThis.define = (_needs, factory) => {
  anywidget = factory;
};
