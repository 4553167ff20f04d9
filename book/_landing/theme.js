// The theme that the reader chose on the book's pages, before anything is painted.
try {
  const mode = localStorage.getItem("mode");
  if (mode === "dark" || mode === "light") document.documentElement.dataset.theme = mode;
} catch {
  // Without storage the system's theme holds.
}
