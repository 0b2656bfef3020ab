/**
 * The one opset Temper thinks in: the newest the operator table knows, so that files only move
 * forward, and one that ONNX Runtime optimises like any older one.
 */
export const CANONICAL_OPSET = 23

/** The IR version of files Temper writes itself. */
export const CANONICAL_IR_VERSION = 10
