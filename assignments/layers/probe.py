"""Drives each layer forward and backward in one call, so that a cache never leaves the process that made it.

Each function is named after the function of the submission that it is about, since messages name it.
"""

import numpy as np
import submission

STATE = ("velocity", "cache", "m", "v", "t")  # what updates keep from step to step


# -------------------------------------------------------------------------------------------------- values, gradients


def affine_forward(x, w, b):
    return _pair("affine_forward", submission.affine_forward(x, w, b))[0]


def affine_backward(x, w, b, dout):
    return submission.affine_backward(dout, _cache("affine_forward", submission.affine_forward(x, w, b)))


def relu_forward(x):
    return _pair("relu_forward", submission.relu_forward(x))[0]


def relu_backward(x, dout):
    return submission.relu_backward(dout, _cache("relu_forward", submission.relu_forward(x)))


def batchnorm_forward(x, gamma, beta, bn_param):
    return _pair("batchnorm_forward", submission.batchnorm_forward(x, gamma, beta, bn_param))[0]


def batchnorm_backward(x, gamma, beta, eps, dout):
    forward = submission.batchnorm_forward(x, gamma, beta, {"mode": "train", "eps": eps})
    return submission.batchnorm_backward(dout, _cache("batchnorm_forward", forward))


def layernorm_forward(x, gamma, beta, ln_param):
    return _pair("layernorm_forward", submission.layernorm_forward(x, gamma, beta, ln_param))[0]


def layernorm_backward(x, gamma, beta, eps, dout):
    forward = submission.layernorm_forward(x, gamma, beta, {"eps": eps})
    return submission.layernorm_backward(dout, _cache("layernorm_forward", forward))


def dropout_forward(x, dropout_param):
    return _pair("dropout_forward", submission.dropout_forward(x, dropout_param))[0]


def dropout_backward(x, dropout_param, dout):
    """The output, copied before anything can change it, and the gradient for the same mask."""
    out, cache = _pair("dropout_forward", submission.dropout_forward(x, dropout_param))
    return np.array(out), submission.dropout_backward(dout, cache)


# ------------------------------------------------------------------------------------------------- the running averages


def batchnorm_running(batches, gamma, beta, bn_param):
    """What bn_param holds after one forward per batch, all with the same dict."""
    for x in batches:
        submission.batchnorm_forward(x, gamma, beta, bn_param)
    return [bn_param.get("running_mean"), bn_param.get("running_var")]


# ------------------------------------------------------------------------------------------ several calls, side effects


def affine_caches(first, second, douts):
    return _later_backward(submission.affine_forward, submission.affine_backward, first, second, douts)


def relu_caches(first, second, douts):
    return _later_backward(submission.relu_forward, submission.relu_backward, first, second, douts)


def batchnorm_caches(first, second, douts):
    return _later_backward(submission.batchnorm_forward, submission.batchnorm_backward, first, second, douts)


def layernorm_caches(first, second, douts):
    return _later_backward(submission.layernorm_forward, submission.layernorm_backward, first, second, douts)


def dropout_caches(first, second, douts):
    return _later_backward(submission.dropout_forward, submission.dropout_backward, first, second, douts)


def _later_backward(forward, backward, first, second, douts):
    """dx of the first arguments: with backward at once, and with another forward and backward in between."""
    alone = _first(backward(douts[0].copy(), _cache("forward", forward(*_copied(first)))))
    alone = np.array(alone)
    earlier = _cache("forward", forward(*_copied(first)))
    other = np.array(_first(backward(douts[1].copy(), _cache("forward", forward(*_copied(second))))))
    return [alone, np.array(_first(backward(douts[0].copy(), earlier))), other]


def affine_arguments(*given):
    submission.affine_forward(*given)
    return given


def relu_arguments(*given):
    submission.relu_forward(*given)
    return given


def softmax_arguments(*given):
    submission.softmax_loss(*given)
    return given


def svm_arguments(*given):
    submission.svm_loss(*given)
    return given


def batchnorm_arguments(x, gamma, beta):
    submission.batchnorm_forward(x, gamma, beta, {"mode": "train"})
    return x, gamma, beta


def layernorm_arguments(x, gamma, beta):
    submission.layernorm_forward(x, gamma, beta, {})
    return x, gamma, beta


def dropout_arguments(x, dropout_param):
    submission.dropout_forward(x, dropout_param)
    return [x]


# ------------------------------------------------------------------------------------------------------------- updates


def sgd(w, gradients, config):
    return _steps("sgd", submission.sgd, w, gradients, config)


def sgd_momentum(w, gradients, config):
    return _steps("sgd_momentum", submission.sgd_momentum, w, gradients, config)


def rmsprop(w, gradients, config):
    return _steps("rmsprop", submission.rmsprop, w, gradients, config)


def adam(w, gradients, config):
    return _steps("adam", submission.adam, w, gradients, config)


def _steps(name, update, w, gradients, config):
    """The parameter after each step, and what the last config keeps. The first call has no config where it is None."""
    path = []
    for dw in gradients:
        given = (w, dw) if config is None else (w, dw, config)
        w, config = _pair(name, update(*given), "the new w and config")
        path.append(np.array(w))
    kept = config if isinstance(config, dict) else {}
    return path, {key: kept[key] for key in STATE if key in kept}


# -------------------------------------------------------------------------------------------------------------- answers


def _pair(name, answer, what="out and cache"):
    """The two values that a function returns; the TypeError says what came instead."""
    if not isinstance(answer, tuple | list) or len(answer) != 2:
        got = f"{len(answer)} values" if isinstance(answer, tuple | list) else f"a {type(answer).__name__}"
        raise TypeError(f"{name} returns {got}, not two: {what}")
    return answer


def _cache(name, answer):
    return _pair(name, answer)[1]


def _first(gradients):
    return gradients[0] if isinstance(gradients, tuple | list) else gradients


def _copied(arguments):
    """Arrays and dicts of a call of their own."""
    return [one.copy() for one in arguments]
