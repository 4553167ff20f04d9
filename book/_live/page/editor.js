// The code editor of a live cell: CodeMirror 6 with Python, Shift+Enter to run.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

/** An editor for a cell; Tab leaves it (as WCAG wants), Shift+Enter runs it. */
export function createEditor(text, label, { changed, run }) {
  const runKey = {
    key: "Shift-Enter",
    run: () => {
      run();
      return true;
    },
  };
  const view = new EditorView({
    doc: text,
    extensions: [
      keymap.of([runKey, ...defaultKeymap, ...historyKeymap]),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      indentUnit.of("    "),
      EditorState.tabSize.of(4),
      python(),
      syntaxHighlighting(classHighlighter),
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) changed(update.state.doc.toString());
      }),
    ],
  });
  view.dom.classList.add("live-editor");
  return {
    dom: view.dom,
    focus: () => view.focus(),
    destroy: () => view.destroy(),
    setText: (next) =>
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
  };
}
