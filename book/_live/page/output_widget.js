// ipywidgets.Output: a widget that shows captured output.
import { Outputs } from "./outputs.js";

export function outputWidget({ DOMWidgetModel, DOMWidgetView }) {
  class OutputModel extends DOMWidgetModel {
    defaults() {
      return {
        ...super.defaults(),
        _model_name: "OutputModel",
        _view_name: "OutputView",
        _model_module: "@jupyter-widgets/output",
        _view_module: "@jupyter-widgets/output",
        outputs: [],
      };
    }
  }
  class OutputView extends DOMWidgetView {
    render() {
      super.render();
      this.el.classList.add("live-output");
      this.drawn = Promise.resolve();
      this.listenTo(this.model, "change:outputs", () => this.draw());
      this.draw();
    }
    draw() {
      const outputs = new Outputs(this.el);
      const manager = this.model.widget_manager;
      this.drawn = this.drawn.then(async () => {
        outputs.clear(false);
        for (const output of this.model.get("outputs")) await outputs.show(output, manager);
      });
    }
  }
  return { OutputModel, OutputView };
}
