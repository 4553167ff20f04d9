// ipywidgets in the page, straight over Jupyter's own base manager: a third of html-manager's size,
// and no require.js. It knows the base, controls, output and anywidget modules and no others.
import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as controls from "@jupyter-widgets/controls";
import { MessageLoop } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import { anywidget } from "./amd.js";
import "anywidget";
import { outputWidget } from "./output_widget.js";

delete globalThis.define;
const MODULES = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": controls,
  "@jupyter-widgets/output": outputWidget(base),
  anywidget: anywidget(base),
};

/** One widget's line to its Python half. */
class Comm {
  constructor(id, target, manager) {
    Object.assign(this, { comm_id: id, target_name: target, manager });
  }
  on_msg(callback) {
    this.message = callback;
  }
  on_close(callback) {
    this.closed = callback;
  }
  open() {
    throw new Error("widgets are opened from Python");
  }
  close(data = {}) {
    this.manager.send({ kind: "comm_close", comm_id: this.comm_id, data });
    return "";
  }
  send(data, callbacks, _metadata, buffers = []) {
    const sequence = this.manager.await(callbacks);
    const parts = buffers.map((part) =>
      part instanceof ArrayBuffer
        ? new Uint8Array(part)
        : new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
    );
    this.manager.send({ kind: "comm_msg", comm_id: this.comm_id, data, sequence, buffers: parts });
    return String(sequence);
  }
}

const views = (buffers) =>
  buffers.map((part) => new DataView(part.buffer, part.byteOffset, part.byteLength));

export class WidgetManager extends ManagerBase {
  constructor(send) {
    super();
    this.send = send;
    this.comms = new Map();
    this.waiting = new Map();
    this.sequence = 0;
    this.shown = [];
  }

  /** Take every widget off the page while it is still there: Lumino objects to doing it later. */
  detach() {
    for (const widget of this.shown.splice(0)) {
      if (widget.isDisposed || !widget.node.isConnected) continue;
      MessageLoop.sendMessage(widget, Widget.Msg.BeforeDetach);
      widget.node.remove();
      MessageLoop.sendMessage(widget, Widget.Msg.AfterDetach);
    }
  }

  async loadClass(name, module) {
    const found = MODULES[module]?.[name];
    if (!found) throw new Error(`the page has no widget ${name} of ${module}`);
    return found;
  }

  async _create_comm() {
    throw new Error("widgets are opened from Python");
  }

  async _get_comm_info() {
    return {};
  }

  /** Remember what to call when Python has handled a message; its number. */
  await(callbacks) {
    this.sequence += 1;
    if (callbacks) this.waiting.set(this.sequence, callbacks);
    return this.sequence;
  }

  idle(sequence) {
    const callbacks = this.waiting.get(sequence);
    this.waiting.delete(sequence);
    callbacks?.iopub?.status?.({ content: { execution_state: "idle" } });
  }

  async opened(content, buffers) {
    const comm = new Comm(content.comm_id, content.target_name, this);
    this.comms.set(comm.comm_id, comm);
    const message = { content, metadata: content.metadata, buffers: views(buffers) };
    await this.handle_comm_open(comm, message);
  }

  /** A model drops the echo of what it has changed since: it knows it by the message it answers. */
  async received(content, buffers) {
    const parent_header = { msg_id: String(content.parent) };
    const message = { content, parent_header, buffers: views(buffers) };
    await this.comms.get(content.comm_id)?.message?.(message);
  }

  closed(content) {
    this.comms.get(content.comm_id)?.closed?.({ content });
    this.comms.delete(content.comm_id);
  }

  async display(id, node) {
    const view = await this.create_view(await this.get_model(id));
    const { luminoWidget } = view;
    this.shown.push(luminoWidget);
    MessageLoop.sendMessage(luminoWidget, Widget.Msg.BeforeAttach);
    node.append(luminoWidget.node);
    MessageLoop.sendMessage(luminoWidget, Widget.Msg.AfterAttach);
  }
}
