// Command echo is a scheduler extender that decides nothing: the least that one written in Go has to do.
//
// It stands beside Jabiru in the benchmark. It is written as simple extenders are, with net/http and encoding/json, and
// spares itself what they do not need: the pod and each Node stay json.RawMessage, where the Kubernetes types would be
// several times slower; prioritize reads no more of a Node than its name; and every answer has a Content-Length, so that
// the client keeps its connection.
package main

import (
	"encoding/json"
	"flag"
	"log"
	"net/http"
	"strconv"
)

type filterArgs struct {
	Pod       json.RawMessage
	Nodes     *rawNodeList
	NodeNames *[]string
}

type rawNodeList struct {
	Metadata struct{}          `json:"metadata"`
	Items    []json.RawMessage `json:"items"`
}

type filterResult struct {
	Nodes                      *rawNodeList
	NodeNames                  *[]string
	FailedNodes                map[string]string
	FailedAndUnresolvableNodes map[string]string
	Error                      string
}

type prioritizeArgs struct {
	Pod   json.RawMessage
	Nodes *struct {
		Items []struct {
			Metadata struct {
				Name string `json:"name"`
			} `json:"metadata"`
		} `json:"items"`
	}
	NodeNames *[]string
}

type hostPriority struct {
	Host  string
	Score int64
}

type preemptArgs struct {
	Pod               json.RawMessage
	NodeNameToVictims map[string]*struct {
		Pods []struct {
			Metadata struct {
				UID string `json:"uid"`
			} `json:"metadata"`
		}
		NumPDBViolations int64
	}
	NodeNameToMetaVictims map[string]*metaVictims
}

type metaPod struct {
	UID string
}

type metaVictims struct {
	Pods             []metaPod
	NumPDBViolations int64
}

type preemptResult struct {
	NodeNameToMetaVictims map[string]*metaVictims
}

func filter(w http.ResponseWriter, r *http.Request) {
	var args filterArgs
	if !decode(w, r, &args) {
		return
	}
	answer(w, filterResult{
		Nodes:                      args.Nodes,
		NodeNames:                  args.NodeNames,
		FailedNodes:                map[string]string{},
		FailedAndUnresolvableNodes: map[string]string{},
	})
}

func prioritize(w http.ResponseWriter, r *http.Request) {
	var args prioritizeArgs
	if !decode(w, r, &args) {
		return
	}
	priorities := []hostPriority{}
	switch {
	case args.NodeNames != nil:
		priorities = make([]hostPriority, 0, len(*args.NodeNames))
		for _, name := range *args.NodeNames {
			priorities = append(priorities, hostPriority{Host: name})
		}
	case args.Nodes != nil:
		priorities = make([]hostPriority, 0, len(args.Nodes.Items))
		for i := range args.Nodes.Items {
			priorities = append(priorities, hostPriority{Host: args.Nodes.Items[i].Metadata.Name})
		}
	}
	answer(w, priorities)
}

func preempt(w http.ResponseWriter, r *http.Request) {
	var args preemptArgs
	if !decode(w, r, &args) {
		return
	}
	result := preemptResult{NodeNameToMetaVictims: args.NodeNameToMetaVictims}
	if result.NodeNameToMetaVictims == nil {
		result.NodeNameToMetaVictims = make(map[string]*metaVictims, len(args.NodeNameToVictims))
		for name, victims := range args.NodeNameToVictims {
			meta := &metaVictims{Pods: make([]metaPod, 0, len(victims.Pods)), NumPDBViolations: victims.NumPDBViolations}
			for i := range victims.Pods {
				meta.Pods = append(meta.Pods, metaPod{UID: victims.Pods[i].Metadata.UID})
			}
			result.NodeNameToMetaVictims[name] = meta
		}
	}
	answer(w, result)
}

func decode(w http.ResponseWriter, r *http.Request, args any) bool {
	if err := json.NewDecoder(r.Body).Decode(args); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func answer(w http.ResponseWriter, result any) {
	body, err := json.Marshal(result)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	// A client that has gone away is its own concern.
	_, _ = w.Write(body)
}

func main() {
	listen := flag.String("listen", "127.0.0.1:8098", "address to listen on")
	flag.Parse()
	http.HandleFunc("/filter", filter)
	http.HandleFunc("/prioritize", prioritize)
	http.HandleFunc("/preempt", preempt)
	http.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	log.Fatal(http.ListenAndServe(*listen, nil))
}
