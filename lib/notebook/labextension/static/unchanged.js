/**
 * An extension of JupyterLab, in the form of a built one. Figures and controls write into a notebook when they are drawn (a
 * picture beside each Plotly figure, the state of controls as it is stored), and JupyterLab then marks it as changed,
 * although the user did nothing. Here the mark is taken back where a notebook holds what is stored but for these pictures;
 * a control that was moved has another state, so the mark stays.
 */
(() => {
  /** What a notebook holds, as a text, without what is added when it is drawn. */
  function contentOf(notebook) {
    return JSON.stringify({ ...notebook, cells: notebook.cells.map(cellWithoutDrawn) }, inOrder);
  }

  /** An output that is drawn has its keys in another order than the stored one. */
  function inOrder(_key, value) {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1)) : value;
  }

  function cellWithoutDrawn({ metadata: { trusted: _trusted, ...metadata }, outputs, ...cell }) {
    return { ...cell, metadata, outputs: outputs?.map(outputWithoutDrawn) };
  }

  function outputWithoutDrawn(output) {
    if (output.data?.["application/vnd.plotly.v1+json"] === undefined) return output;
    const { "image/png": _drawn, ...data } = output.data;
    return { ...output, data };
  }

  function watch({ model, saveState, fileChanged, ready }) {
    let stored = null;
    const remember = () => stored = contentOf(model.toJSON());
    const check = () => {
      if (model.dirty && contentOf(model.toJSON()) === stored) model.dirty = false;
    };
    ready.then(() => {
      remember();
      check();
      saveState.connect((_context, state) => {
        if (state === "completed") remember();
      });
      fileChanged.connect(remember);
      // Only after all others have been told that it is marked, or some would be told so last.
      model.stateChanged.connect((_model, { name, newValue }) => {
        if (name === "dirty" && newValue) queueMicrotask(check);
      });
    });
  }

  const plugin = {
    id: "thorax-unchanged:plugin",
    autoStart: true,
    activate({ docRegistry }) {
      docRegistry.addWidgetExtension("Notebook", { createNew: (_panel, context) => watch(context) });
    },
  };

  globalThis._JUPYTERLAB ??= {};
  globalThis._JUPYTERLAB["thorax-unchanged"] = {
    init() {},
    get: () => Promise.resolve(() => ({ __esModule: true, default: plugin })),
  };
})();
