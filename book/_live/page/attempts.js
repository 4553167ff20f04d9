// What the reader has tried at this page's exercises, kept in this browser.
const key = () => `live-attempts:${location.pathname}`;

export const keptAttempts = () => localStorage.getItem(key());
export const keepAttempts = (text) => localStorage.setItem(key(), text);
