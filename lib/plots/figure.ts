/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** One Plotly trace: its `type` and whatever attributes that type has (https://plotly.com/javascript/reference/). */
export type Trace = { readonly type: string; readonly [attribute: string]: Json };

/** Plotly's layout: title, axes, shapes, annotations, sliders. */
export type Layout = { readonly height: number; readonly [attribute: string]: Json };

/**
 * A figure as Plotly's specification, plain data. The functions of this folder make it; `show` draws it in a
 * notebook, `figureToSvg` as a picture, `reportHtml` in a page.
 */
export interface Figure {
  /** The traces, by Plotly's schema. */
  readonly data: readonly Trace[];
  /** The layout, by Plotly's schema. */
  readonly layout: Layout;
}
